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

// CreateInvitationInput says who invites whom to what. Invitee.Email is as
// typed.
type CreateInvitationInput struct {
	OrganizationID id.ID
	InviterID      id.ID
	Invitee        domain.Invitee
	Offer          domain.Offer
}

// Do answers the pending invitation.
func (c CreateInvitation) Do(ctx context.Context, tx pg.Tx, in CreateInvitationInput) (domain.Invitation, error) {
	var none domain.Invitation
	if err := in.Invitee.Clean(""); err != nil {
		return none, err
	}
	if err := addressOf(&in.Invitee, "email"); err != nil {
		return none, err
	}
	g, err := c.checkOffer(ctx, tx, &in)
	if err != nil {
		return none, err
	}
	i, err := c.inviteOrRenew(ctx, tx, domain.Invitation{
		ID: c.NewID(), OrganizationID: in.OrganizationID, InviterID: in.InviterID, Invitee: in.Invitee, Offer: in.Offer,
	}, g)
	if err != nil {
		return none, err
	}
	// Asked last: inviting waits for whoever is accepting at this moment.
	member, err := postgres.HasMember(ctx, tx, in.OrganizationID, in.Invitee.EmailKey)
	if err != nil {
		return none, err
	}
	if member {
		return none, domain.ErrAlreadyMember
	}
	return i, nil
}

// checkOffer refuses what the organisation cannot offer or the inviter cannot
// confer.
func (c CreateInvitation) checkOffer(ctx context.Context, tx pg.Tx, in *CreateInvitationInput) (guard, error) {
	org, err := postgres.FindOrganization(ctx, tx, in.OrganizationID)
	if err != nil {
		return nil, err
	}
	g, catalogue, err := conferring(ctx, tx, in.OrganizationID, in.InviterID)
	if err != nil {
		return nil, err
	}
	if err := in.Offer.Validate(org.Kind, catalogue); err != nil {
		return nil, err
	}
	return g, g(in.Offer)
}
