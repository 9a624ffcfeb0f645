// Package accessclient asks Aval for decisions: may this person do this in this
// account, now? A Client asks a server; a Replica answers from a copy of its own,
// in the caller's process. Both are a Checker, both say no when there is no
// answer, and neither says yes to a question that was asked after whoever took
// the right away had been told OK.
package accessclient

import (
	"context"
	"errors"
	"time"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// ErrUnavailable is in every error that means: there is no answer now. The
// decision that comes with it is no.
var ErrUnavailable = errors.New("no decision can be had now")

// Level is what a person may do with a feature; a higher level holds the lower
// ones.
type Level = authzv1.Level

// The levels that can be asked for.
const (
	Guest    = authzv1.Level_LEVEL_GUEST    // reads
	Editor   = authzv1.Level_LEVEL_EDITOR   // writes
	Approver = authzv1.Level_LEVEL_APPROVER // approves
)

// Source is where a right comes from.
type Source = membershipv1.AccessSource

// The sources; a denial has none of them.
const (
	ByMembership = membershipv1.AccessSource_ACCESS_SOURCE_MEMBERSHIP
	ByGrant      = membershipv1.AccessSource_ACCESS_SOURCE_GRANT
)

// DenyReason is why the answer is no. Its values are stable.
type DenyReason = membershipv1.DenyReason

// The reasons; a yes has none of them.
const (
	NoAccess               = membershipv1.DenyReason_DENY_REASON_NO_ACCESS
	LevelTooLow            = membershipv1.DenyReason_DENY_REASON_LEVEL_TOO_LOW
	SupportSessionRequired = membershipv1.DenyReason_DENY_REASON_SUPPORT_SESSION_REQUIRED
	Excluded               = membershipv1.DenyReason_DENY_REASON_EXCLUDED
	FeatureUnknown         = membershipv1.DenyReason_DENY_REASON_FEATURE_UNKNOWN
	AccountSuspended       = membershipv1.DenyReason_DENY_REASON_ACCOUNT_SUSPENDED
)

// Question asks about one person in one account.
type Question struct {
	// Subject is who acts, "usr_…"; Account is in whose account, "org_…".
	Subject, Account string
	// Feature is a path of the catalogue, such as "management/invoices".
	Feature string
	Level   Level
	// SupportSession, "sup_…", is needed where the right comes from a grant;
	// empty: none.
	SupportSession string
}

// Decision is the answer. The zero Decision is a no.
type Decision struct {
	Allowed bool
	// Reason is why not.
	Reason DenyReason
	// Source is where a yes comes from; GrantID, "grt_…", and ConsentID,
	// "cns_…", are those of a yes ByGrant.
	Source             Source
	GrantID, ConsentID string
	// ValidFor is when a yes ends by itself, counted from before the question
	// was asked; 0: no end. It is no leave to keep the answer: a right can be
	// taken away at any time, and only a new question hears of it.
	ValidFor time.Duration
}

// Checker answers questions. Where there is an error the decision is no.
type Checker interface {
	Check(ctx context.Context, q Question) (Decision, error)
}
