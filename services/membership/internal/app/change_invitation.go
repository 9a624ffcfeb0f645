package app

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// ChangeInvitation is what a member does to an invitation that exists.
type ChangeInvitation struct{ Deps }

// ChangeInvitationInput says who changes which.
type ChangeInvitationInput struct {
	OrganizationID id.ID
	InvitationID   id.ID
	ActorID        id.ID
}

// Renew gives a pending or expired invitation a new term; a new mail follows
// (R55, R64).
func (c ChangeInvitation) Renew(ctx context.Context, tx pg.Tx, in ChangeInvitationInput) (domain.Invitation, error) {
	i, g, err := lockGuarded(ctx, tx, in)
	if err != nil {
		return i, err
	}
	return c.renew(ctx, tx, i, domain.Renewal{InviterID: in.ActorID, Invitee: i.Invitee, Offer: i.Offer}, g)
}

// Cancel takes a pending invitation back (R54).
func (c ChangeInvitation) Cancel(ctx context.Context, tx pg.Tx, in ChangeInvitationInput) (domain.Invitation, error) {
	i, g, err := lockGuarded(ctx, tx, in)
	if err != nil {
		return i, err
	}
	if err := g(i.Offer); err != nil {
		return i, err
	}
	i = i.At(c.Clock.Now())
	if err := i.Cancel(); err != nil {
		return i, err
	}
	if err := postgres.UpdateInvitation(ctx, tx, i); err != nil {
		return i, err
	}
	return i, announce(ctx, tx, i, &membershipv1.InvitationCancelled{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"), ActorId: in.ActorID.Text("usr"),
	})
}

func lockGuarded(ctx context.Context, tx pg.Tx, in ChangeInvitationInput) (domain.Invitation, guard, error) {
	i, err := postgres.LockInvitation(ctx, tx, in.InvitationID)
	if err != nil {
		return i, nil, err
	}
	g, _, err := conferring(ctx, tx, in.OrganizationID, in.ActorID)
	return i, g, err
}
