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
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// AcceptInvitation makes a signed-in person a member: the token, the
// membership, its access entry and the fact, all or nothing. Invitations of
// several organisations never touch each other (R68).
type AcceptInvitation struct{ Deps }

// ByLink accepts what the link leads to. Repeating it answers the same
// membership.
func (a AcceptInvitation) ByLink(
	ctx context.Context, tx pg.Tx, f Followed, person domain.Person,
) (domain.Membership, error) {
	first, err := postgres.FindInvitation(ctx, tx, f.Link.InvitationID)
	if err != nil {
		return domain.Membership{}, err
	}
	if err := first.IsFor(person.EmailKey); err != nil {
		return domain.Membership{}, err
	}
	live, err := postgres.LockPending(ctx, tx, f.Link.OrganizationID, person.EmailKey)
	if errors.Is(err, pg.ErrNoRows) {
		return acceptedBefore(ctx, tx, f.Link, person)
	}
	if err != nil {
		return domain.Membership{}, err
	}
	if live, err = asOfNow(ctx, tx, live); err != nil {
		return domain.Membership{}, err
	}
	if live.State == domain.Expired {
		return domain.Membership{}, domain.ErrInvitationExpired
	}
	if err := postgres.ConsumeToken(ctx, tx, f.Token, person.UserID); err != nil {
		if errors.Is(err, postgres.ErrTokenUsed) {
			return domain.Membership{}, linkInvalid(err)
		}
		return domain.Membership{}, err
	}
	return a.accept(ctx, tx, live, person)
}

// ByAddress accepts an invitation without its mail: the address was proven at
// sign-in.
func (a AcceptInvitation) ByAddress(
	ctx context.Context, tx pg.Tx, invitation id.ID, person domain.Person,
) (domain.Membership, error) {
	i, err := postgres.LockInvitation(ctx, tx, invitation)
	if err != nil {
		return domain.Membership{}, err
	}
	if err := i.IsFor(person.EmailKey); err != nil {
		return domain.Membership{}, err
	}
	if i.State == domain.Accepted {
		return theirMembership(ctx, tx, i, person)
	}
	if i, err = asOfNow(ctx, tx, i); err != nil {
		return domain.Membership{}, err
	}
	return a.accept(ctx, tx, i, person)
}

// asOfNow gives a locked invitation as it is by the database's clock, after the
// lock was waited for.
func asOfNow(ctx context.Context, tx pg.Tx, i domain.Invitation) (domain.Invitation, error) {
	now, err := postgres.Now(ctx, tx)
	return i.At(now), err
}

// accept makes the membership of a locked invitation.
func (a AcceptInvitation) accept(
	ctx context.Context, tx pg.Tx, i domain.Invitation, person domain.Person,
) (domain.Membership, error) {
	now, err := postgres.Now(ctx, tx)
	if err != nil {
		return domain.Membership{}, err
	}
	m, err := i.Accept(person, a.NewID(), now)
	if err != nil {
		return m, err
	}
	// Whoever proves the address is the contact with it, too (R97).
	if err := postgres.LinkContact(ctx, tx, m.OrganizationID, person); err != nil {
		return m, err
	}
	if i.Offer.Role == domain.Contact {
		return m, postgres.UpdateInvitation(ctx, tx, i)
	}
	if err := takeSeat(ctx, tx, m.OrganizationID, domain.Seats.MayJoin); err != nil {
		return m, err
	}
	if err := postgres.InsertMember(ctx, tx, m); err != nil {
		if pg.IsUnique(err, "member_live") {
			return m, domain.ErrAlreadyMember
		}
		return m, err
	}
	if err := postgres.UpdateInvitation(ctx, tx, i); err != nil {
		return m, err
	}
	err = outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "membership", AggregateID: m.ID, Version: m.Version, Tenant: m.OrganizationID,
		Message: &membershipv1.MembershipStarted{
			MemberId: m.ID.Text("mbr"), OrganizationId: m.OrganizationID.Text("org"), UserId: person.UserID.Text("usr"),
			InvitationId: i.ID.Text("inv"), Role: enum.Role(m.Offer.Role), PartnerRole: enum.PartnerRole(m.Offer.PartnerRole),
		},
	})
	if err != nil {
		return m, fmt.Errorf("announcing: %w", err)
	}
	return m, nil
}

// acceptedBefore: nothing is pending; where the person accepted already, the
// answer is their membership and no error.
func acceptedBefore(ctx context.Context, tx pg.Tx, l postgres.Link, p domain.Person) (domain.Membership, error) {
	latest, err := postgres.FindLatest(ctx, tx, l.OrganizationID, p.EmailKey)
	if err != nil {
		return domain.Membership{}, err
	}
	if latest.State != domain.Accepted {
		return domain.Membership{}, domain.ErrInvitationNotPending
	}
	return theirMembership(ctx, tx, latest, p)
}

func theirMembership(ctx context.Context, tx pg.Tx, i domain.Invitation, p domain.Person) (domain.Membership, error) {
	if i.Offer.Role == domain.Contact {
		return domain.Membership{OrganizationID: i.OrganizationID, Person: p, Offer: i.Offer}, nil
	}
	m, err := postgres.FindMembership(ctx, tx, i.MemberID)
	if err != nil {
		return m, err
	}
	if m.Person.UserID != p.UserID || !m.EndTime.IsZero() {
		return domain.Membership{}, domain.ErrInvitationNotPending
	}
	return m, nil
}
