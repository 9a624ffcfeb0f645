package domain

import (
	"slices"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

const (
	// IntermediateLife is the time to choose an organisation after sign-in.
	IntermediateLife = 10 * time.Minute
	// IdleLimit ends a session that is not used.
	IdleLimit = 30 * time.Minute
	// AbsoluteLimit is counted from the moment the password was typed; changing
	// the organisation does not lengthen it.
	AbsoluteLimit = 12 * time.Hour
	// MaxParallel is how many sessions a person may have; the oldest goes out.
	MaxParallel = 10
	// useGrain is how exactly the last use is kept: not every request writes.
	useGrain = time.Minute
	// clocksApart is how much the clocks of two processes may differ.
	clocksApart = time.Minute
	// StepUpLife is how long proving again who one is counts.
	StepUpLife = 10 * time.Minute
)

// EndReason says why a session ended before its time.
type EndReason string

// The ways a session ends.
const (
	SignedOut      EndReason = "SIGNED_OUT"
	Rotated        EndReason = "ROTATED"
	CrowdedOut     EndReason = "CROWDED_OUT"
	EndedByService EndReason = "ENDED_BY_SERVICE"
	// Revoked by the person, from another session.
	Revoked         EndReason = "REVOKED"
	PasswordChanged EndReason = "PASSWORD_CHANGED"
	EmailChanged    EndReason = "EMAIL_CHANGED"
	Erased          EndReason = "ERASED"
	// AgentChanged: the token was shown by a browser of another family.
	AgentChanged EndReason = "AGENT_CHANGED"
	// Expired: the token was shown after the session's time.
	Expired EndReason = "EXPIRED"
)

// Session is what a browser holds after sign-in.
type Session struct {
	ID     id.ID
	UserID id.ID
	// OrganizationID is zero in the intermediate session.
	OrganizationID id.ID
	// Name is the person's name in that organisation.
	Name string
	// AMR lists how the person proved who they are (RFC 8176).
	AMR        []string
	AuthTime   time.Time
	CreateTime time.Time
	UseTime    time.Time
	ExpireTime time.Time
	// EndTime is zero while nobody ended the session.
	EndTime time.Time
	// StepUpTime is when the person last proved again who they are; zero for
	// never.
	StepUpTime time.Time
	// Device names browser and system; Network is /24 or /48. Both are those of
	// the sign-in.
	Device, Network string
	// Agent is the family of the browser that signed in; empty where it did not
	// say.
	Agent string
	// FactorsDue are what the person has and has not proved; kept nowhere, for
	// they may get and lose factors meanwhile.
	FactorsDue []FactorKind
}

// SignedIn is a person who has just proved who they are.
type SignedIn struct {
	SessionID, UserID id.ID
	// By is how; empty for a password alone.
	By     []Method
	Origin Origin
	Now    time.Time
}

// OpenSession gives the intermediate session after a password or a passkey.
func OpenSession(in SignedIn) Session {
	return Session{
		ID:         in.SessionID,
		UserID:     in.UserID,
		AMR:        words(in.By),
		AuthTime:   in.Now,
		CreateTime: in.Now,
		UseTime:    in.Now,
		ExpireTime: in.Now.Add(IntermediateLife),
		Device:     Device(in.Origin.Agent),
		Network:    in.Origin.Network,
		Agent:      Family(in.Origin.Agent),
	}
}

func words(methods []Method) []string {
	if len(methods) == 0 {
		methods = []Method{ByPassword}
	}
	out := make([]string, len(methods))
	for i, method := range methods {
		out[i] = string(method)
	}
	return out
}

// Choice is the organisation that a person chose.
type Choice struct {
	SessionID, OrganizationID id.ID
	// Name is the person's name there.
	Name string
	Now  time.Time
}

// Rotate gives the session that follows this one in the chosen organisation
// (R95); this one is to be ended in the same transaction.
func (s Session) Rotate(c Choice) Session {
	next := s.follow(c.SessionID, c.Now)
	next.OrganizationID, next.Name = c.OrganizationID, c.Name
	next.ExpireTime = s.AuthTime.Add(AbsoluteLimit)
	return next
}

// StepUp gives the session that follows this one once the person has proved
// again who they are; this one is to be ended in the same transaction.
func (s Session) StepUp(session id.ID, now time.Time) Session {
	next := s.follow(session, now)
	next.StepUpTime = now
	return next
}

// Retype gives the session that follows this one once the person has typed their
// password again. That is a second look at whoever has nothing more to show:
// factors are what they have.
func (s Session) Retype(session id.ID, factors []FactorKind, now time.Time) Session {
	if len(factors) > 0 {
		return s.follow(session, now)
	}
	return s.StepUp(session, now)
}

// StepUpEnd is until when proving again who one is counts; zero for a session in
// which nobody did.
func (s Session) StepUpEnd() time.Time {
	if s.StepUpTime.IsZero() {
		return time.Time{}
	}
	return s.StepUpTime.Add(StepUpLife)
}

// follow gives the same session under another id: what it may do changes, and
// who knew the old token must not gain by it.
func (s Session) follow(session id.ID, now time.Time) Session {
	next := s
	next.ID, next.AMR, next.CreateTime, next.UseTime = session, slices.Clone(s.AMR), now, now
	return next
}

// SteppedUp tells whether the person has just proved again who they are.
func (s Session) SteppedUp(now time.Time) bool {
	return now.Before(s.StepUpEnd())
}

// Live tells whether the session may still be used. One that was used in the
// future is over: the clock was set back, and nobody knows for how long it lay
// idle, or lived.
func (s Session) Live(now time.Time) bool {
	return s.EndTime.IsZero() && now.Before(s.ExpireTime) && now.Before(s.UseTime.Add(IdleLimit)) &&
		!now.Add(clocksApart).Before(s.UseTime)
}

// EndsAsShown is why the session ends when a browser that calls itself so shows
// its token now; empty when it does not. Time ends it for good: setting the
// clock back gives nothing back.
func (s Session) EndsAsShown(agent string, now time.Time) EndReason {
	switch {
	case !s.EndTime.IsZero():
		return ""
	case !s.Live(now):
		return Expired
	case !s.fits(agent):
		return AgentChanged
	default:
		return ""
	}
}

// fits tells whether the session may be used by a browser that calls itself so:
// a copied token comes from another one sooner or later.
func (s Session) fits(agent string) bool { return s.Agent == "" || s.Agent == Family(agent) }

// NeedsTouch tells whether a use at this moment is worth writing down.
func (s Session) NeedsTouch(now time.Time) bool {
	return now.Sub(s.UseTime) >= useGrain
}
