package model

import "fmt"

// Command is what one of the roles does, and to whom.
type Command struct {
	Do  Verb
	Who int
}

// String names both.
func (c Command) String() string { return fmt.Sprintf("%s %d", c.Do, c.Who) }

// Verb is what is done.
type Verb string

// The partner's administrator's.
const (
	Assign   Verb = "assign"
	Extend   Verb = "extend"
	HandOver Verb = "hand over from"
	Detach   Verb = "detach"
	Suspend  Verb = "suspend"
	Restore  Verb = "restore"
	Remove   Verb = "remove"
	End      Verb = "end the dossier of"
)

// The client's approver's.
const (
	Approve  Verb = "approve"
	Refuse   Verb = "refuse"
	NotNow   Verb = "not now"
	Withdraw Verb = "withdraw"
	Narrow   Verb = "narrow"
	Offer    Verb = "offer"
	EndAll   Verb = "end the partner of"
	Reopen   Verb = "reopen to"
)

// The collaborators', and the platform's.
const (
	Enter Verb = "enter"
	Leave Verb = "leave"

	Invalidate Verb = "invalidate"

	// knocks is what trying to enter does where it is denied.
	knocks Verb = "knock"
)

// aim is which of a person's assignments and consents a command names: whoever
// gives it has looked before.
type aim int

const (
	atPast aim = iota
	atRunning
	atWaiting
)

// aimed is a command with what it names, among others that are given at the
// same time.
type aimed struct {
	Command
	at      aim
	crowded bool
}

// aims takes what runs first, or what waits, as people do who look at the case;
// an answer is to what waits, or changes what was said last.
func aims(s Seen, c Command) aim {
	a := s.Of[c.Who]
	answers := c.Do == Approve || c.Do == Refuse || c.Do == NotNow
	switch {
	case a.Running && !answers:
		return atRunning
	case a.Waiting:
		return atWaiting
	}
	return atPast
}
