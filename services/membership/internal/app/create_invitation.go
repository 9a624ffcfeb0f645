package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// CreateInvitation invites an address, or renews what is pending for it. It
// works just the same after a cancellation (R55).
type CreateInvitation struct{ Deps }

// CreateInvitationInput says who invites whom to what.
type CreateInvitationInput struct {
	OrganizationID id.ID
	InviterID      id.ID
	Wanted         Wanted
	// ValidateOnly checks and warns, and stores nothing.
	ValidateOnly bool
}

// Invited is what became of inviting somebody.
type Invited struct {
	Invitation domain.Invitation
	Outcome    Outcome
	Warnings   []domain.Warning
}

// Do answers the pending invitation, with what looks odd about the address.
func (c CreateInvitation) Do(ctx context.Context, tx pg.Tx, in CreateInvitationInput) (Invited, error) {
	w, err := c.inviting(ctx, tx, in.OrganizationID, in.InviterID)
	if err != nil {
		return Invited{}, err
	}
	if err := w.check(&in.Wanted); err != nil {
		return Invited{}, err
	}
	out := Invited{}
	if out.Warnings, err = warnings(ctx, tx, in.OrganizationID, in.Wanted.Invitee.EmailKey); err != nil {
		return Invited{}, err
	}
	if in.ValidateOnly {
		out.Invitation, out.Outcome, err = w.preview(ctx, tx, in.Wanted)
	} else {
		out.Invitation, out.Outcome, err = w.invite(ctx, tx, in.Wanted)
	}
	if err != nil {
		return Invited{}, err
	}
	if out.Outcome == Renewed {
		out.Warnings = append(out.Warnings, domain.Warning{Kind: domain.Renews, Email: out.Invitation.Invitee.Email})
	}
	return out, nil
}

// refuseMember says how somebody belongs here already ("email déjà utilisée":
// R90, R98, R99).
func refuseMember(ctx context.Context, tx pg.Tx, organization id.ID, emailKey string) error {
	m, err := optional(postgres.FindByAddress(ctx, tx, organization, emailKey))
	if err != nil || m == nil {
		return err
	}
	return domain.AlreadyMemberError{As: m.Belonging()}
}

// refuseContact says so where a client's contact of this firm is about to be
// asked to join the firm itself. Who was asked before they became a contact goes
// on being asked.
func (w inviting) refuseContact(ctx context.Context, tx pg.Tx, p Wanted) error {
	if p.Offer.Role == domain.Contact {
		return nil
	}
	known, err := postgres.HasContact(ctx, tx, w.organization.ID, p.Invitee.EmailKey)
	if err != nil || !known {
		return err
	}
	return domain.AlreadyMemberError{As: domain.AsContact}
}
