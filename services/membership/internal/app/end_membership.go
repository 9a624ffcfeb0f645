package app

import (
	"context"
	"errors"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// EndMembership ends a membership and, in the same transaction, every grant
// that the person holds through that organisation with the support sessions
// under them (R34, R82). An invitation that is pending for them is cancelled.
// The transaction is the system's: grants lie in other tenants.
type EndMembership struct{ Deps }

// MembershipEnd says what ended by a call.
type MembershipEnd struct {
	Ended  bool
	Grants []id.ID
}

// Do may be repeated: what ended before stays ended, and grants that came late
// end too.
func (e EndMembership) Do(ctx context.Context, tx pg.Tx, organization, user id.ID) (MembershipEnd, error) {
	var out MembershipEnd
	member, owners, err := postgres.LockForEnd(ctx, tx, organization, user)
	if err != nil {
		return out, err
	}
	if member != nil {
		if err := member.End(owners, e.Clock.Now()); err != nil {
			return out, err
		}
		if err := e.cancelInvitation(ctx, tx, *member); err != nil {
			return out, err
		}
		if err := postgres.EndMember(ctx, tx, *member); err != nil {
			return out, err
		}
		out.Ended = true
	}
	if out.Grants, err = postgres.EndGrantsVia(ctx, tx, organization, user); err != nil {
		return out, err
	}
	if _, err := postgres.CloseSessionsUnder(ctx, tx, out.Grants); err != nil {
		return out, err
	}
	if !out.Ended {
		return out, nil
	}
	return out, announceEnd(ctx, tx, *member, out.Grants)
}

// cancelInvitation takes back what is pending for the member's address: it would
// let them in again.
func (e EndMembership) cancelInvitation(ctx context.Context, tx pg.Tx, m domain.Membership) error {
	i, err := postgres.LockPending(ctx, tx, m.OrganizationID, m.Person.EmailKey)
	if errors.Is(err, pg.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if i = i.At(e.Clock.Now()); i.State != domain.Pending {
		return nil
	}
	if err := i.Cancel(); err != nil {
		return err
	}
	if err := postgres.UpdateInvitation(ctx, tx, i); err != nil {
		return err
	}
	return announce(ctx, tx, i, &membershipv1.InvitationCancelled{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"),
	})
}

func announceEnd(ctx context.Context, tx pg.Tx, m domain.Membership, grants []id.ID) error {
	names := make([]string, len(grants))
	for i, grant := range grants {
		names[i] = grant.Text("grt")
	}
	err := outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "membership", AggregateID: m.ID, Version: m.Version, Tenant: m.OrganizationID,
		Message: &membershipv1.MembershipEnded{
			MemberId: m.ID.Text("mbr"), OrganizationId: m.OrganizationID.Text("org"),
			UserId: m.Person.UserID.Text("usr"), GrantIds: names,
		},
	})
	if err != nil {
		return fmt.Errorf("announcing: %w", err)
	}
	return nil
}
