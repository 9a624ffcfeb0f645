package domain

import (
	"slices"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// FactorKind is a kind of second factor.
type FactorKind string

// The kinds. A recovery code stands in for either of the others.
const (
	Totp         FactorKind = "TOTP"
	Passkey      FactorKind = "PASSKEY"
	RecoveryCode FactorKind = "RECOVERY_CODE"
)

const (
	// MaxPasskeys is how many passkeys a person may have.
	MaxPasskeys = 10
	// TotpEnrolment is the time from an app's secret to its first code.
	TotpEnrolment = 10 * time.Minute
	// ChallengeLife is the time that a passkey has to answer.
	ChallengeLife = 5 * time.Minute
)

// FactorPolicy says who may not act without a second factor.
type FactorPolicy string

// The policies. Whoever has a factor proves it under each of them, and nobody
// needs one to accept an invitation.
const (
	NoFactors             FactorPolicy = "none"
	PartnerAdministrators FactorPolicy = "partner-administrators"
)

// Asks tells whether somebody needs a factor.
func (p FactorPolicy) Asks(partnerAdministrator bool) bool {
	return p == PartnerAdministrators && partnerAdministrator
}

// Factor is something that a person proves who they are with.
type Factor struct {
	ID         id.ID
	Kind       FactorKind
	Name       string
	CreateTime time.Time
	// UseTime is zero while it was never proven.
	UseTime time.Time
}

// Method says how somebody proved who they are (RFC 8176).
type Method string

// The methods. A passkey proves a key and, since it asks for a finger, a face
// or a PIN, the person too.
const (
	ByPassword Method = "pwd"
	ByCode     Method = "otp"
	ByKey      Method = "hwk"
	ByPresence Method = "user"
	ByFactors  Method = "mfa"
)

// MethodsOf gives what proving a factor adds to a password.
func MethodsOf(kind FactorKind) []Method {
	if kind == Passkey {
		return []Method{ByKey, ByPresence, ByFactors}
	}
	return []Method{ByCode, ByFactors}
}

// Prove gives the session that follows this one once the person has proved a
// factor too; this one is to be ended in the same transaction.
func (s Session) Prove(session id.ID, by []Method, now time.Time) Session {
	next := s.follow(session, now)
	for _, method := range by {
		if !slices.Contains(next.AMR, string(method)) {
			next.AMR = append(next.AMR, string(method))
		}
	}
	next.FactorsDue = nil
	return next
}

// MultiFactor tells whether two factors were proved for this session.
func (s Session) MultiFactor() bool { return slices.Contains(s.AMR, string(ByFactors)) }

// Owes gives the session of a person who has these factors: all but one that
// was opened with a factor has one to prove, whenever it was opened.
func (s Session) Owes(kinds []FactorKind) Session {
	s.FactorsDue = nil
	if !s.MultiFactor() {
		s.FactorsDue = kinds
	}
	return s
}

// JustProven tells whether the person has proved who they are within the time
// of a step-up, be it by signing in.
func (s Session) JustProven(now time.Time) bool {
	return s.SteppedUp(now) || now.Before(s.AuthTime.Add(StepUpLife))
}
