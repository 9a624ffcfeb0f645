package app

import (
	"context"
	"errors"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// FollowLink reads what an invitation's link leads to. It uses nothing up:
// scanners may follow links as often as they like.
type FollowLink struct {
	Deps
	DB *pg.DB
}

// Followed is a link that leads somewhere.
type Followed struct {
	Token token.Token
	Link  postgres.Link
}

// Resolve finds a link by its token; an unknown, truncated or changed one is
// REASON_LINK_INVALID.
func (f FollowLink) Resolve(ctx context.Context, text string) (Followed, error) {
	parsed, err := token.Parse(token.Invitation, text)
	if err != nil {
		return Followed{}, linkInvalid(err)
	}
	followed := Followed{Token: parsed}
	err = f.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		followed.Link, err = postgres.FindLink(ctx, tx, parsed)
		return err
	})
	if errors.Is(err, pg.ErrNoRows) {
		return Followed{}, linkInvalid(err)
	}
	return followed, err
}

// Seen is the invitation that a link leads to now, after renewals, and who
// invites.
type Seen struct {
	Invitation   domain.Invitation
	Organization domain.Organization
}

// Look answers what the link's holder may see, whatever the state.
func (f FollowLink) Look(ctx context.Context, text string) (Seen, error) {
	followed, err := f.Resolve(ctx, text)
	if err != nil {
		return Seen{}, err
	}
	var seen Seen
	err = f.DB.InTenant(ctx, followed.Link.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		if seen.Invitation, err = followToLatest(ctx, tx, followed.Link); err != nil {
			return err
		}
		if seen.Invitation, err = asOfNow(ctx, tx, seen.Invitation); err != nil {
			return err
		}
		seen.Organization, err = postgres.FindOrganization(ctx, tx, followed.Link.OrganizationID)
		return err
	})
	return seen, err
}

// Note keeps that a link was opened, for the inviter's diagnosis: a count and a
// time, in rows of their own.
func (f FollowLink) Note(ctx context.Context, i domain.Invitation, by domain.Onlooker) error {
	return f.DB.InTenant(ctx, i.OrganizationID, func(ctx context.Context, tx pg.Tx) error {
		return postgres.NoteSight(ctx, tx, i, by)
	})
}

// Prove answers the same for a live link alone: holding it proves the address.
// Whoever asks for the proof is about to set a password, a person.
func (f FollowLink) Prove(ctx context.Context, text string) (Seen, error) {
	seen, err := f.Look(ctx, text)
	switch {
	case err != nil:
		return Seen{}, err
	case seen.Invitation.State == domain.Expired:
		return Seen{}, domain.ErrInvitationExpired
	case seen.Invitation.State != domain.Pending:
		return Seen{}, domain.ErrInvitationNotPending
	default:
		return seen, f.Note(ctx, seen.Invitation, domain.ThePerson)
	}
}

// followToLatest: the old link leads on to the live invitation of the same
// organisation and address.
func followToLatest(ctx context.Context, tx pg.Tx, l postgres.Link) (domain.Invitation, error) {
	first, err := postgres.FindInvitation(ctx, tx, l.InvitationID)
	if err != nil {
		return first, err
	}
	return postgres.FindLatest(ctx, tx, l.OrganizationID, first.Invitee.EmailKey)
}

func linkInvalid(cause error) error {
	return fault.New(reasonv1.Reason_REASON_LINK_INVALID, fault.Cause(cause))
}
