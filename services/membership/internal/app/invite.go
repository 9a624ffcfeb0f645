package app

import (
	"context"
	"errors"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// guard refuses what the caller may not touch; nil where the operator acts.
type guard func(domain.Offer) error

// inviteOrRenew keeps one pending invitation per organisation and address: a
// second one renews the first, however many arrive at once.
func (d Deps) inviteOrRenew(ctx context.Context, tx pg.Tx, wanted domain.Invitation, g guard) (domain.Invitation, error) {
	for {
		pending, err := postgres.LockPending(ctx, tx, wanted.OrganizationID, wanted.Invitee.EmailKey)
		if err == nil {
			return d.renew(ctx, tx, pending, domain.Renewal{
				InviterID: wanted.InviterID, Invitee: wanted.Invitee, Offer: wanted.Offer,
			}, g)
		}
		if !errors.Is(err, pg.ErrNoRows) {
			return wanted, err
		}
		if err := takeSeat(ctx, tx, wanted.OrganizationID, domain.Seats.MayInvite); err != nil {
			return wanted, err
		}
		made := domain.Invite(wanted, d.Clock.Now(), d.InvitationLife)
		stored, err := postgres.InsertInvitation(ctx, tx, made)
		if err != nil {
			return made, err
		}
		if stored {
			return made, announce(ctx, tx, made, &membershipv1.InvitationCreated{
				InvitationId: made.ID.Text("inv"), OrganizationId: made.OrganizationID.Text("org"),
				PartnerRole: enum.PartnerRole(made.Offer.PartnerRole), InviterId: made.InviterID.Text("usr"),
			})
		}
	}
}

// takeSeat refuses where an organisation has no seat left (R131); two who ask
// for the last one wait for each other.
func takeSeat(ctx context.Context, tx pg.Tx, organization id.ID, may func(domain.Seats) error) error {
	seats, err := postgres.LockSeats(ctx, tx, organization)
	if err != nil {
		return err
	}
	return may(seats)
}

// renew begins a new term of a locked invitation.
func (d Deps) renew(
	ctx context.Context, tx pg.Tx, i domain.Invitation, r domain.Renewal, g guard,
) (domain.Invitation, error) {
	if g != nil {
		if err := g(i.Offer); err != nil {
			return i, err
		}
	}
	now := d.Clock.Now()
	if i = i.At(now); i.State == domain.Expired {
		if err := takeSeat(ctx, tx, i.OrganizationID, domain.Seats.MayInvite); err != nil {
			return i, err
		}
	}
	if err := i.Renew(r, now, d.InvitationLife); err != nil {
		return i, err
	}
	if err := postgres.UpdateInvitation(ctx, tx, i); err != nil {
		return i, err
	}
	return i, announce(ctx, tx, i, &membershipv1.InvitationRenewed{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"), Generation: i.Generation,
	})
}

// conferring is the guard of a member: nobody confers, renews or takes back
// more than they hold.
func conferring(ctx context.Context, tx pg.Tx, organization, user id.ID) (guard, domain.Catalogue, error) {
	catalogue, err := postgres.LoadCatalogue(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	member, err := postgres.FindMember(ctx, tx, organization, user)
	if err != nil {
		return nil, nil, err
	}
	giver := domain.Giver{Role: member.Offer.Role, Rights: member.Offer.Rights}
	return func(o domain.Offer) error { return giver.MayConfer(o, catalogue) }, catalogue, nil
}
