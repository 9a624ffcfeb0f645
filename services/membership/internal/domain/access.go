package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Question asks whether a person may do something in an account now.
type Question struct {
	SubjectID id.ID
	AccountID id.ID
	Feature   string
	Level     Level
	// SupportSessionID is needed where the right comes from a grant.
	SupportSessionID id.ID
}

// Source is where a right comes from.
type Source string

// The sources.
const (
	FromMembership Source = "MEMBERSHIP"
	FromGrant      Source = "GRANT"
)

// Denial is why the answer is no; empty when it is yes.
type Denial string

// The denials.
const (
	NoAccess               Denial = "NO_ACCESS"
	LevelTooLow            Denial = "LEVEL_TOO_LOW"
	SupportSessionRequired Denial = "SUPPORT_SESSION_REQUIRED"
	Excluded               Denial = "EXCLUDED"
	FeatureUnknown         Denial = "FEATURE_UNKNOWN"
	AccountSuspended       Denial = "ACCOUNT_SUSPENDED"
)

// Answer is the decision.
type Answer struct {
	Denial     Denial
	Source     Source    // of a yes
	GrantID    id.ID     // of a yes by a grant
	ConsentID  id.ID     // of a yes by a grant
	ValidUntil time.Time // when a yes ends by itself; zero: no end
}

// Allowed tells a yes. The zero Answer is no yes: it has no source.
func (a Answer) Allowed() bool { return a.Denial == "" && a.Source != "" }

// Reached is one person's access to one account, whatever it opens there.
type Reached struct {
	AccountID  id.ID
	SubjectID  id.ID
	Source     Source    // FromGrant where there are grants alone
	ValidUntil time.Time // when the last of it ends by itself; zero: no end
	Rights     uint64    // differ when what is given differs
}

// Grant is a delegated right.
type Grant struct {
	ID          id.ID
	SubjectID   id.ID
	AccountID   id.ID
	PartnerID   id.ID
	ConsentID   id.ID
	PartnerRole PartnerRole
	Rights      Rights
	ValidFrom   time.Time // zero: at once
	ValidUntil  time.Time // zero: no end
	Version     int64
}

// GrantEnd ends a grant, known or not.
type GrantEnd struct {
	GrantID   id.ID
	AccountID id.ID
	Version   int64
}

// SupportSession is one visit of a collaborator in an account.
type SupportSession struct {
	ID         id.ID
	SubjectID  id.ID
	AccountID  id.ID
	PartnerID  id.ID
	ExpireTime time.Time
	GrantID    id.ID
	Closed     bool
}
