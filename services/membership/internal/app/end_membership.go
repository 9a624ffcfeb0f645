package app

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
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

// MembershipEnding names the membership by its person, and who ends it; a zero
// actor is time, or another service.
type MembershipEnding struct {
	OrganizationID, UserID, ActorID id.ID
	// ByDate: what is pending for the person was sent because the membership was
	// over, and stays.
	ByDate bool
}

// Do may be repeated: what ended before stays ended, and grants that came late
// end too.
func (e EndMembership) Do(ctx context.Context, tx pg.Tx, in MembershipEnding) (MembershipEnd, error) {
	locked, err := postgres.LockMembers(ctx, tx, in.OrganizationID, []id.ID{in.UserID})
	if err != nil {
		return MembershipEnd{}, err
	}
	return e.end(ctx, tx, locked, in)
}

// end ends a locked membership.
func (e EndMembership) end(ctx context.Context, tx pg.Tx, locked postgres.Locked, in MembershipEnding) (MembershipEnd, error) {
	var out MembershipEnd
	member := locked.Of(in.UserID)
	if member != nil {
		if err := member.End(locked.Owners, e.Clock.Now()); err != nil {
			return out, err
		}
		if !in.ByDate {
			if err := e.cancelInvitation(ctx, tx, *member); err != nil {
				return out, err
			}
		}
		if err := postgres.EndMember(ctx, tx, *member); err != nil {
			return out, err
		}
		out.Ended = true
	}
	var err error
	if out.Grants, err = endGrantsVia(ctx, tx, in.OrganizationID, in.UserID); err != nil || !out.Ended {
		return out, err
	}
	return out, announceMember(ctx, tx, *member, &membershipv1.MembershipEnded{
		MemberId: member.ID.Text("mbr"), OrganizationId: in.OrganizationID.Text("org"), UserId: in.UserID.Text("usr"),
		GrantIds: textsOf("grt", out.Grants), ActorId: in.ActorID.Text("usr"),
	})
}

// endGrantsVia ends every grant that a person holds through an organisation,
// and the visits under them.
func endGrantsVia(ctx context.Context, tx pg.Tx, organization, user id.ID) ([]id.ID, error) {
	grants, err := postgres.EndGrantsVia(ctx, tx, organization, user)
	if err != nil {
		return nil, err
	}
	_, err = postgres.CloseSessionsUnder(ctx, tx, grants)
	return grants, err
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
	now, err := postgres.Now(ctx, tx)
	if err != nil {
		return err
	}
	i = i.At(now)
	return cancel(ctx, tx, &i, now, id.ID{})
}

// announceMember appends what happened to a membership; its row is locked or
// new.
func announceMember(ctx context.Context, tx pg.Tx, m domain.Membership, fact proto.Message) error {
	err := outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "membership", AggregateID: m.ID, Version: m.Version, Tenant: m.OrganizationID, Message: fact,
	})
	if err != nil {
		return fmt.Errorf("announcing: %w", err)
	}
	return nil
}

func textsOf(prefix string, ids []id.ID) []string {
	return fields.Each(ids, func(one id.ID) string { return one.Text(prefix) })
}
