package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func (b *bundle) contact(firm id.ID, actor domain.Person, address string, dossiers ...id.ID) (c domain.ClientContact) {
	b.Helper()
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		c, err = app.KeepContact{Deps: b.deps}.Add(ctx, tx, app.ContactInput{ActorID: actor.UserID, Contact: domain.ClientContact{
			PartnerID: firm, Email: address, GivenName: "Marie", FamilyName: "Duval", Dossiers: dossiers,
		}})
		return err
	}))
	return c
}

func (b *bundle) places(who domain.Person) (list []domain.Place) {
	b.Helper()
	require.NoError(b, b.db.InUser(b.Context(), who.UserID, func(ctx context.Context, tx pg.Tx) (err error) {
		list, err = postgres.ListPlaces(ctx, tx, who.UserID, postgres.Slice{Limit: 10})
		return err
	}))
	return list
}

func (b *bundle) pending(org id.ID, key string) (i domain.Invitation, err error) {
	b.Helper()
	err = b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
		i, err = postgres.LockPending(ctx, tx, org, key)
		return err
	})
	return i, err
}

// R94 R95 R96 R97 R99: somebody new is invited, by the same invitations; who is
// known is linked without anything more; the picker lists the firms.
func TestAClientsContactInSeveralFirms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, owner := b.organization(domain.Partner)
	second, other := b.organization(domain.Partner)
	marie := b.person("marie+firm@example.com")
	dossier, another := id.New(), id.New()

	b.contact(first, owner, marie.Email, dossier)
	invitation, err := b.pending(first, marie.EmailKey)
	require.NoError(t, err)
	require.Empty(t, b.places(marie))
	_, err = b.accept(b.mail(invitation), marie)
	require.NoError(t, err)
	places := b.places(marie)
	require.Len(t, places, 1)
	require.True(t, places[0].Contact)
	require.Equal(t, first, places[0].Organization.ID)
	require.False(t, b.may(domain.Membership{OrganizationID: first, Person: marie}, domain.OrganizationFeature, domain.LevelGuest), "no right of the staff")

	more := b.contact(first, owner, "MARIE+firm@example.com", another)
	require.Equal(t, []id.ID{dossier, another}, more.Dossiers, "R99: the same contact, one dossier more")
	b.contact(second, other, marie.Email, dossier)
	require.Len(t, b.places(marie), 2, "R96: linked at once")
	_, err = b.pending(second, marie.EmailKey)
	require.ErrorIs(t, err, pg.ErrNoRows, "and not invited")

	third, boss := b.organization(domain.Partner)
	b.join(third, boss, marie, domain.Offer{Role: domain.Member})
	b.contact(third, boss, marie.Email, dossier)
	for _, place := range b.places(marie) {
		require.Equal(t, place.Organization.ID != third, place.Contact, "R97: the role held in each firm")
	}
	require.Equal(t, 2, b.seats(third).Members, "a contact takes no seat, a member does")
	require.Equal(t, 1, b.seats(first).Members)
}

// R98 R99: a client's contact is not asked onto the firm's own staff by a slip:
// the refusal says that they are a contact here, and how to go on.
func TestAContactIsNoGuestOfTheFirmItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	firm, owner := b.organization(domain.Partner)
	staff := domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport}
	marie, paul := b.person("marie@example.com"), b.person("paul@example.com")
	contact := b.contact(firm, owner, marie.Email, id.New())
	asked, err := b.invite(firm, owner, paul.Email, staff)
	require.NoError(t, err)
	b.contact(firm, owner, paul.Email, id.New())

	for _, only := range []bool{true, false} {
		_, err = b.ask(firm, owner, app.CreateInvitationInput{Wanted: wanted(marie.Email, staff), ValidateOnly: only})
		require.ErrorIs(t, err, domain.AlreadyMemberError{As: domain.AsContact})
	}
	pending, err := b.pending(firm, marie.EmailKey)
	require.NoError(t, err)
	require.Equal(t, domain.Contact, pending.Offer.Role, "what they were offered stays as it was")
	_, err = b.change(asked, owner, false)
	require.NoError(t, err, "who was asked onto the staff first goes on being asked")

	require.NoError(t, b.tenant(firm, func(ctx context.Context, tx pg.Tx) error {
		_, err := app.KeepContact{Deps: b.deps}.Remove(ctx, tx, owner.UserID, contact, id.ID{})
		return err
	}))
	_, err = b.invite(firm, owner, marie.Email, staff)
	require.NoError(t, err, "the way that the refusal names")
}

func (b *bundle) seats(org id.ID) (seats domain.Seats) {
	b.Helper()
	require.NoError(b, b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
		seats, err = postgres.CountSeats(ctx, tx, org)
		return err
	}))
	return seats
}

func TestAContactIsDetachedFromOneDossierOrTheFirm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	firm, owner := b.organization(domain.Partner)
	dossier, another := id.New(), id.New()
	c := b.contact(firm, owner, "marie@example.com", dossier, another)
	remove := func(dossier id.ID) (out domain.ClientContact, err error) {
		err = b.tenant(firm, func(ctx context.Context, tx pg.Tx) (err error) {
			out, err = app.KeepContact{Deps: b.deps}.Remove(ctx, tx, owner.UserID, c, dossier)
			return err
		})
		return out, err
	}
	left, err := remove(dossier)
	require.NoError(t, err)
	require.Equal(t, []id.ID{another}, left.Dossiers)
	left, err = remove(id.ID{})
	require.NoError(t, err)
	require.False(t, left.EndTime.IsZero())
	_, err = remove(another)
	require.ErrorIs(t, err, pg.ErrNoRows)
	require.Equal(t, []string{
		"aval.membership.v1.contact.added", "aval.membership.v1.contact.removed", "aval.membership.v1.contact.removed",
	}, b.subjects(c.ID))
}
