package domain

import (
	"slices"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Record is all that is kept of a consent: what stores write and read.
type Record struct {
	ID, ClientID, PartnerID, AssignmentID, UserID, RequesterID id.ID

	ClientName   string
	ClientLocale string // "fr" or "en"
	ProductName  string
	Partner      Identification
	GivenName    string
	FamilyName   string
	Role         Role
	Reason       string
	Proposed     time.Duration
	Lines        []Line
	// PredecessorID is the consent that the yes ends in the same instant, and
	// PredecessorName whose it is; zero: nobody takes over (R36).
	PredecessorID   id.ID
	PredecessorName string
	// Extends is the access of the same person whose place the yes takes, as it was
	// when they were asked for; nil: none ran.
	Extends *Running
	// Team says that the yes lets the whole team in, until TeamEndTime;
	// TeamConsentID is the yes that this one follows from, if any.
	Team          bool
	TeamEndTime   time.Time
	TeamConsentID id.ID
	// Offered says that the client chose the person, unasked: the requester is
	// the client's.
	Offered bool

	State             State
	Choice            Choice
	Granted           []Right
	CreateTime        time.Time
	RequestExpireTime time.Time
	LastMailTime      time.Time
	GiveTime          time.Time
	StartTime         time.Time // zero: with the yes
	RefuseTime        time.Time
	ExpireTime        time.Time // zero: no end of its own
	RevokeTime        time.Time
	ApproverID        id.ID
	ApproverName      string
	Evidence          Evidence
	ConfirmTime       time.Time // the yes, or what last kept it going
	Lease             Lease
	Paused            bool // recorded: time itself makes it pause
	Final             bool // a no that nobody can overturn any more
	Version           int64
}

// Running is an access as it stood when a longer or a wider one was asked for.
type Running struct {
	Until time.Time `json:"until,omitzero"` // zero: no end of its own
	Lines []Line    `json:"lines"`
}

// Follow makes the record ask for what follows the consent before, of the same
// partner and role: a hand-over from somebody who was given one once (R36), or
// more for the same person, whose access runs. Nothing else can be followed.
func (r *Record) Follow(before Record, now time.Time) {
	r.PredecessorID, r.PredecessorName, r.Extends = id.ID{}, "", nil
	switch {
	case before.PartnerID != r.PartnerID || before.Role != r.Role:
	case before.UserID == r.UserID:
		if before.StateAt(now) == Given {
			r.Extends = before.Standing()
		}
	case !before.GiveTime.IsZero():
		r.PredecessorID, r.PredecessorName = before.ID, before.CollaboratorName()
	}
}

// Standing is the access as it is.
func (r Record) Standing() *Running { return &Running{Until: r.ExpireTime, Lines: r.GrantedLines()} }

// GrantedLines are the rights given, in the words of what was asked; a narrower
// feature that the client named keeps its path.
func (r Record) GrantedLines() []Line {
	words := map[string]Line{}
	for _, line := range r.Lines {
		words[line.Feature] = line
	}
	out := make([]Line, 0, len(r.Granted))
	for _, right := range r.Granted {
		line, ok := words[right.Feature]
		if !ok {
			line = Line{LabelFR: right.Feature, LabelEN: right.Feature}
		}
		line.Right, line.Sensitive = right, false
		out = append(out, line)
	}
	return out
}

// CollaboratorName is the first and family name.
func (r Record) CollaboratorName() string { return FullName(r.GivenName, r.FamilyName) }

func (r Record) begin() time.Time {
	if r.StartTime.IsZero() {
		return r.GiveTime
	}
	return r.StartTime
}

// Identification is who the partner is, as it was when it asked (R24).
type Identification struct {
	LegalName, RegistrationNumber, PostalAddress, ContactEmail, ContactPhone string
}

// Assurance is how sure it is that the approver answered.
type Assurance string

// The assurances, the weakest first.
const (
	EmailLink     Assurance = "EMAIL_LINK"
	EmailLinkCode Assurance = "EMAIL_LINK_CODE"
	Session       Assurance = "SESSION"
	SessionMFA    Assurance = "SESSION_MFA"
)

// Evidence is what proves an answer.
type Evidence struct {
	Assurance Assurance
	// OfPartner: who answered is a member of the asking partner too.
	OfPartner bool
	// TextHash, TextVersion and TextLocale name the exact text shown.
	TextHash, TextVersion, TextLocale string
	// Network (/24 or /48) and Agent are personal data, with a term of their own.
	Network, Agent string
}

// Party is who did something; the empty party is time.
type Party string

// The parties.
const (
	ByTime     Party = ""
	ByClient   Party = "CLIENT"
	ByPartner  Party = "PARTNER"
	ByPlatform Party = "PLATFORM"
)

// Actor is the person of a step.
type Actor struct {
	Party Party
	ID    id.ID
	Name  string
}

// Step is one entry of the timeline.
type Step struct {
	Event    Event
	From, To State
	Actor    Actor
	Time     time.Time
	Reason   string
}

// Consent is one request and what becomes of it. It changes by its methods
// alone, each of which answers the step that it made.
type Consent struct{ r Record }

// Ask makes a request. The record brings who asks whom for what.
func Ask(r Record, now time.Time, term time.Duration) (*Consent, Step) {
	r.State, r.Version = Requested, 1
	r.CreateTime, r.LastMailTime = now, now
	r.RequestExpireTime = now.Add(term)
	actor := Actor{Party: ByPartner, ID: r.RequesterID}
	if r.Offered {
		actor.Party = ByClient
	}
	return &Consent{r: r}, Step{To: Requested, Actor: actor, Time: now}
}

// Restore gives a stored consent back its behaviour.
func Restore(r Record) *Consent { return &Consent{r: r} }

// Record gives a copy of what is to be kept.
func (c *Consent) Record() Record {
	r := c.r
	r.Lines, r.Granted = slices.Clone(c.r.Lines), slices.Clone(c.r.Granted)
	return r
}

// StateAt compares with time: a request or a yes whose end has come is over
// from that instant on, recorded or not.
func (c *Consent) StateAt(now time.Time) State { return c.r.StateAt(now) }

// StateAt is the state at an instant.
func (r Record) StateAt(now time.Time) State {
	event, due := r.dueAt(now)
	if !due {
		return r.State
	}
	to, _ := Next(r.State, event)
	return to
}

func (r Record) dueAt(now time.Time) (Event, bool) {
	switch {
	case r.State == Requested && !now.Before(r.RequestExpireTime):
		return LapseAsked, true
	case r.State == Given && !r.ExpireTime.IsZero() && !now.Before(r.ExpireTime):
		return Expire, true
	case r.State == Given && !r.Lease.End.IsZero() && !now.Before(r.Lease.End):
		return Expire, true
	default:
		return "", false
	}
}

// Lapse records what time has already done; false when it did nothing.
func (c *Consent) Lapse(now time.Time) (Step, bool) {
	event, due := c.r.dueAt(now)
	if !due {
		return Step{}, false
	}
	step, err := c.move(event, Actor{}, now)
	return step, err == nil
}

// End takes the consent out of force: Cancel, Withdraw, Terminate, Supersede
// or Invalidate. Time's own ends go by Lapse.
func (c *Consent) End(event Event, actor Actor, now time.Time) (Step, error) {
	step, err := c.move(event, actor, now)
	if err != nil {
		return Step{}, err
	}
	c.r.RevokeTime = now
	return step, nil
}

// Stop takes the consent out of force whatever state it is in: the client takes
// a yes back, the partner gives it up, the platform declares it void, a request is cancelled, a no becomes
// final, which is no step of its own. What time has ended already ends as that.
// Changed is false for what is over.
func (c *Consent) Stop(by Actor, now time.Time) (step Step, changed bool, err error) {
	if step, lapsed := c.Lapse(now); lapsed {
		return step, true, nil
	}
	switch c.r.State {
	case Requested:
		step, err = c.End(Cancel, by, now)
	case Given:
		step, err = c.End(by.Party.end(), by, now)
	case Refused:
		if !c.r.Final {
			c.Close()
			return Step{}, true, nil
		}
		return Step{}, false, nil
	default:
		return Step{}, false, nil
	}
	return step, true, err
}

// Remind notes that the request is mailed again; false when a mail left within
// the last day, or nothing waits for an answer (R28).
func (c *Consent) Remind(now time.Time) bool {
	if c.StateAt(now) != Requested || now.Sub(c.r.LastMailTime) < day {
		return false
	}
	c.r.LastMailTime = now
	c.r.Version++
	return true
}

// Unmailed says that the request's mail has not left: the next may leave now.
func (c *Consent) Unmailed() { c.r.LastMailTime = time.Time{} }

// RetryTime gives when the partner may ask again after a no or a withdrawal;
// zero when nothing stands in the way.
func (c *Consent) RetryTime(coolDown time.Duration) time.Time {
	switch c.r.State {
	case Refused:
		return c.r.RefuseTime.Add(coolDown)
	case Withdrawn:
		return c.r.RevokeTime.Add(coolDown)
	default:
		return time.Time{}
	}
}

// move is the one door through which the state changes.
func (c *Consent) move(event Event, actor Actor, now time.Time) (Step, error) {
	from := c.r.State
	to, ok := Next(from, event)
	if !ok {
		return Step{}, TransitionRefused
	}
	c.r.State = to
	c.r.Version++
	return Step{Event: event, From: from, To: to, Actor: actor, Time: now}, nil
}

// FullName joins a first and a family name, either of which may be missing.
func FullName(given, family string) string {
	if given == "" || family == "" {
		return given + family
	}
	return given + " " + family
}
