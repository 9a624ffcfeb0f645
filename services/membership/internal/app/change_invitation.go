package app

import (
	"context"
	"time"

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
	ValidDays      int32 // of a renewal; 0: as many as before
}

// Renew gives a pending or expired invitation a new term; a new mail follows
// (R55, R64).
func (c ChangeInvitation) Renew(ctx context.Context, tx pg.Tx, in ChangeInvitationInput) (domain.Invitation, error) {
	i, w, err := c.lock(ctx, tx, in)
	if err != nil {
		return i, err
	}
	if err := refuseMember(ctx, tx, in.OrganizationID, i.Invitee.EmailKey); err != nil {
		return i, err
	}
	r := domain.Renewal{InviterID: in.ActorID, Invitee: i.Invitee, Offer: i.Offer, ValidDays: in.ValidDays}
	if err := r.Offer.CheckEnd(w.now); err != nil {
		return i, err
	}
	if err := w.seatAgain(ctx, tx, i); err != nil {
		return i, err
	}
	if err := w.renew(&i, r); err != nil {
		return i, err
	}
	return i, w.storeRenewal(ctx, tx, i)
}

// Cancel takes an invitation back (R54).
func (c ChangeInvitation) Cancel(ctx context.Context, tx pg.Tx, in ChangeInvitationInput) (domain.Invitation, error) {
	i, w, err := c.lock(ctx, tx, in)
	if err != nil {
		return i, err
	}
	if err := w.giver.MayTakeBack(i.Offer, w.catalogue); err != nil {
		return i, err
	}
	return i, cancel(ctx, tx, &i, w.now, in.ActorID)
}

// lock reads the clock after the lock was waited for.
func (c ChangeInvitation) lock(ctx context.Context, tx pg.Tx, in ChangeInvitationInput) (domain.Invitation, inviting, error) {
	w, err := c.inviting(ctx, tx, in.OrganizationID, in.ActorID)
	if err != nil {
		return domain.Invitation{}, w, err
	}
	i, err := postgres.LockInvitation(ctx, tx, in.InvitationID)
	if err != nil {
		return i, w, err
	}
	w.now, err = postgres.Now(ctx, tx)
	return i.At(w.now), w, err
}

// cancel takes a locked invitation back, on somebody's word or nobody's.
func cancel(ctx context.Context, tx pg.Tx, i *domain.Invitation, now time.Time, actor id.ID) error {
	if err := i.Cancel(now); err != nil {
		return err
	}
	if err := postgres.UpdateInvitation(ctx, tx, *i); err != nil {
		return err
	}
	return announce(ctx, tx, *i, &membershipv1.InvitationCancelled{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"), ActorId: actor.Text("usr"),
	})
}
