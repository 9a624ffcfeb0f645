// Package model says what an assignment, its consent and its visits may become
// by what three roles do to them, and plays random commands on a running Aval
// to see that nothing else becomes of them (T-07).
package model

import (
	"slices"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// Command is what one of the roles does.
type Command string

// The commands: the partner's administrator's, the client's approver's, the
// collaborator's.
const (
	Assign Command = "assign"
	Detach Command = "detach"
	Remove Command = "remove"

	Approve  Command = "approve"
	Refuse   Command = "refuse"
	NotNow   Command = "not now"
	Withdraw Command = "withdraw"

	Enter Command = "enter"
	Leave Command = "leave"
)

// Seen is what can be read of one collaborator at one client.
type Seen struct {
	Removed    bool
	Assignment partnersupportv1.AssignmentState // unspecified when none is live
	// Consent is the latest one's state, unspecified when the client was never
	// asked.
	Consent consentv1.ConsentState
	Visits  int
}

// State is what is true: what can be seen, and what it depends on besides.
type State struct {
	Seen
	// Cooling tells that the client said no, or took a yes back: for a week
	// nobody asks again.
	Cooling bool
	// Closed tells that the partner has done something since the no, so that it
	// may be final.
	Closed bool
}

const (
	noAssignment = partnersupportv1.AssignmentState_ASSIGNMENT_STATE_UNSPECIFIED
	pending      = partnersupportv1.AssignmentState_ASSIGNMENT_STATE_PENDING_CONSENT
	active       = partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ACTIVE

	requested  = consentv1.ConsentState_CONSENT_STATE_REQUESTED
	given      = consentv1.ConsentState_CONSENT_STATE_GIVEN
	refused    = consentv1.ConsentState_CONSENT_STATE_REFUSED
	cancelled  = consentv1.ConsentState_CONSENT_STATE_CANCELLED
	withdrawn  = consentv1.ConsentState_CONSENT_STATE_WITHDRAWN
	terminated = consentv1.ConsentState_CONSENT_STATE_TERMINATED
)

// Verdict is how a command is answered.
type Verdict int

// The verdicts.
const (
	Either Verdict = iota // nothing changes, whatever is said
	Done
	Denied
)

// Step gives what may become of a state by a command, and how that is answered.
func Step(s State, c Command) ([]State, Verdict) {
	switch c {
	case Assign:
		return assign(s)
	case Detach, Remove:
		return end(s, c == Remove)
	case Approve:
		return approve(s)
	case Refuse:
		return refuse(s)
	case Withdraw:
		return withdraw(s)
	case Enter:
		return enter(s)
	case Leave:
		return leave(s)
	case NotNow:
	}
	return []State{s}, Either
}

func assign(s State) ([]State, Verdict) {
	switch {
	case s.Removed, s.Assignment != noAssignment:
		return []State{s}, Denied
	case s.Cooling: // made, and ended when consent may not ask
		s.Closed = true
		return []State{s}, Done
	}
	s.Assignment, s.Consent = pending, requested
	return []State{s}, Done
}

// end is the partner's: what was asked is cancelled, what was given terminated.
func end(s State, remove bool) ([]State, Verdict) {
	verdict := Done
	switch s.Assignment {
	case pending:
		s.Consent = cancelled
	case active:
		s.Consent = terminated
	default:
		s.Closed = true
		if !remove {
			verdict = Either
		}
	}
	s.Assignment, s.Visits, s.Removed = noAssignment, 0, s.Removed || remove
	return []State{s}, verdict
}

func approve(s State) ([]State, Verdict) {
	yes := s
	yes.Assignment, yes.Consent, yes.Cooling = active, given, false
	switch {
	case s.Consent == requested, s.Consent == refused && !s.Closed:
		return []State{yes}, Done
	case s.Consent == refused && !s.Removed:
		return []State{s, yes}, Either
	}
	return []State{s}, Either
}

func refuse(s State) ([]State, Verdict) {
	if s.Consent != requested {
		return []State{s}, Either
	}
	s.Assignment, s.Consent, s.Cooling, s.Closed = noAssignment, refused, true, false
	return []State{s}, Done
}

func withdraw(s State) ([]State, Verdict) {
	switch s.Consent {
	case given:
	case requested:
		return []State{s}, Denied
	default:
		return []State{s}, Either
	}
	s.Assignment, s.Consent, s.Visits, s.Cooling = noAssignment, withdrawn, 0, true
	return []State{s}, Done
}

func enter(s State) ([]State, Verdict) {
	if s.Assignment != active {
		return []State{s}, Denied
	}
	s.Visits++
	return []State{s}, Done
}

// leave ends the last visit, which may be over already.
func leave(s State) ([]State, Verdict) {
	left := s
	left.Visits = max(s.Visits-1, 0)
	return unique([]State{s, left}), Either
}

// Answer is what was heard of a command.
type Answer int

// The answers.
const (
	OK Answer = iota
	No
	// Unknown: the call was made again after one without an answer, which may
	// have done it.
	Unknown
)

// Answered is a command with its answer.
type Answered struct {
	Command Command
	Answer  Answer
}

// After gives what may be true after commands that were given at once: what
// some order of those that were done leads to. One command alone must be
// answered as Step says.
func After(before []State, round []Answered) []State {
	if len(round) == 1 && round[0].Answer != Unknown {
		return alone(before, round[0])
	}
	var done, perhaps []Command
	for _, a := range round {
		switch a.Answer {
		case OK:
			done = append(done, a.Command)
		case Unknown:
			perhaps = append(perhaps, a.Command)
		case No:
		}
	}
	var out []State
	for some := range subsets(perhaps) {
		for order := range orders(append(some, done...)) {
			for _, s := range before {
				out = append(out, inOrder(s, order)...)
			}
		}
	}
	return unique(out)
}

func alone(before []State, a Answered) (out []State) {
	for _, s := range before {
		after, verdict := Step(s, a.Command)
		if verdict == Either || (verdict == Done) == (a.Answer == OK) {
			out = append(out, after...)
		}
	}
	return unique(out)
}

// inOrder drops an order in which a command should have been denied.
func inOrder(s State, commands []Command) []State {
	states := []State{s}
	for _, c := range commands {
		var next []State
		for _, s := range states {
			if after, verdict := Step(s, c); verdict != Denied {
				next = append(next, after...)
			}
		}
		states = next
	}
	return states
}

// orders yields every permutation.
func orders(of []Command) func(yield func([]Command) bool) {
	return func(yield func([]Command) bool) { permute(nil, of, yield) }
}

func permute(head, rest []Command, yield func([]Command) bool) bool {
	if len(rest) == 0 {
		return yield(head)
	}
	for i, c := range rest {
		if !permute(append(slices.Clone(head), c), slices.Delete(slices.Clone(rest), i, i+1), yield) {
			return false
		}
	}
	return true
}

// subsets yields every choice.
func subsets(of []Command) func(yield func([]Command) bool) {
	return func(yield func([]Command) bool) {
		for chosen := range 1 << len(of) {
			var some []Command
			for i, c := range of {
				if chosen&(1<<i) != 0 {
					some = append(some, c)
				}
			}
			if !yield(some) {
				return
			}
		}
	}
}

func unique(states []State) (out []State) {
	for _, s := range states {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
