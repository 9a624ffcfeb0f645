// Package app holds what identity does, a use case a file. Siblings are asked
// before or after a transaction, never inside one.
package app

import (
	"context"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
)

// Proof is what a live invitation link proves.
type Proof struct {
	Address email.Address
	// Locale is the inviting organisation's.
	Locale string
	// Names are the person's and the organisation's.
	Names []string
}

// Standing is what a person is in an organisation.
type Standing struct {
	// Name is the person's there.
	Name string
	// PartnerAdministrator is an owner or administrator of a partner.
	PartnerAdministrator bool
}

// Membership is asked who belongs where.
type Membership interface {
	// ProveInvitation gives the address that a link proves; the link stays
	// usable. A dead link is a fault.
	ProveInvitation(ctx context.Context, token string) (Proof, error)
	// StandingIn gives what a person is in an organisation; REASON_NOT_FOUND
	// when they are no member there.
	StandingIn(ctx context.Context, user, organization id.ID) (Standing, error)
	// SoleOwnerships gives the names of organisations whose only owner somebody
	// is.
	SoleOwnerships(ctx context.Context, user id.ID) ([]string, error)
	// NamesOf gives a person's names and those of their organisations.
	NamesOf(ctx context.Context, user id.ID) ([]string, error)
	// Leave ends all memberships of a person; REASON_LAST_OWNER, and nothing
	// changed, where an organisation would be left without an owner.
	Leave(ctx context.Context, user id.ID) error
}

// PartnerSupport is asked about visits.
type PartnerSupport interface {
	// CheckSession checks a running visit in a product again;
	// REASON_SUPPORT_SESSION_OVER otherwise.
	CheckSession(ctx context.Context, session id.ID, productSPIFFE string) (domain.Visit, error)
}
