package app

import (
	"context"
	"errors"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// DeclineInvitation is the invited person's no. Saying it again changes
// nothing.
type DeclineInvitation struct{ Deps }

// ByLink declines what the link leads to, and gives who had invited.
func (d DeclineInvitation) ByLink(ctx context.Context, tx pg.Tx, l postgres.Link) (domain.Organization, error) {
	first, err := postgres.FindInvitation(ctx, tx, l.InvitationID)
	if err != nil {
		return domain.Organization{}, err
	}
	i, err := postgres.LockPending(ctx, tx, l.OrganizationID, first.Invitee.EmailKey)
	if errors.Is(err, pg.ErrNoRows) {
		i, err = postgres.FindLatest(ctx, tx, l.OrganizationID, first.Invitee.EmailKey)
	}
	if err != nil {
		return domain.Organization{}, err
	}
	return d.decline(ctx, tx, i)
}

// ByAddress declines without the mail: the address was proven at sign-in.
func (d DeclineInvitation) ByAddress(
	ctx context.Context, tx pg.Tx, invitation id.ID, person domain.Person,
) (domain.Organization, error) {
	i, err := postgres.LockInvitation(ctx, tx, invitation)
	if err != nil {
		return domain.Organization{}, err
	}
	if err := i.IsFor(person.EmailKey); err != nil {
		return domain.Organization{}, err
	}
	return d.decline(ctx, tx, i)
}

// decline ends an invitation that is locked, or over.
func (d DeclineInvitation) decline(ctx context.Context, tx pg.Tx, i domain.Invitation) (domain.Organization, error) {
	org, err := postgres.FindOrganization(ctx, tx, i.OrganizationID)
	if err != nil || i.State == domain.Declined {
		return org, err
	}
	now, err := postgres.Now(ctx, tx)
	if err != nil {
		return org, err
	}
	i = i.At(now)
	if i.State == domain.Expired {
		return org, domain.ErrInvitationExpired
	}
	if err := i.Decline(now); err != nil {
		return org, err
	}
	if err := postgres.UpdateInvitation(ctx, tx, i); err != nil {
		return org, err
	}
	return org, announce(ctx, tx, i, &membershipv1.InvitationDeclined{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"),
	})
}
