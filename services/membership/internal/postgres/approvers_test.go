package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func TestWhoMayApprove(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client, partner := b.organization(domain.Client), b.organization(domain.Partner)
	users := map[string]id.ID{}
	add := func(name string, offer domain.Offer, ofPartner bool) {
		users[name] = id.New()
		b.member(client, users[name], offer)
		if ofPartner {
			b.member(partner, users[name], domain.Offer{Role: domain.Member})
		}
	}
	holder := domain.Offer{Role: domain.Member, Rights: domain.Rights{"aval/consent.approve": 4}}
	add("owner", domain.Offer{Role: domain.Owner}, false)
	add("administrator", domain.Offer{Role: domain.Admin}, false)
	add("holder", holder, false)
	add("below", domain.Offer{Role: domain.Member, Rights: domain.Rights{"aval/consent.approve": 3}}, false)
	add("plain", domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": 4}}, false)
	add("owner of both", domain.Offer{Role: domain.Owner}, true)
	add("administrator of both", domain.Offer{Role: domain.Admin}, true)
	add("holder of both", holder, true)
	users["stranger"] = id.New()

	for name, want := range map[string]struct{ listed, may, ofPartner bool }{
		"owner":                 {true, true, false},
		"administrator":         {true, true, false},
		"holder":                {true, true, false},
		"below":                 {},
		"plain":                 {},
		"owner of both":         {false, true, true},
		"administrator of both": {false, false, true},
		"holder of both":        {false, false, true},
		"stranger":              {},
	} {
		b.system(func(ctx context.Context, tx pg.Tx) error {
			list, err := postgres.ListApprovers(ctx, tx, client, partner)
			require.NoError(t, err)
			listed := false
			for _, a := range list {
				listed = listed || a.Membership.Person.UserID == users[name]
			}
			require.Equal(t, want.listed, listed, name)
			a, err := postgres.FindApprover(ctx, tx, client, partner, users[name])
			require.Equal(t, want.may, a.MayAnswer(), name)
			require.Equal(t, want.ofPartner, a.OfPartner, name)
			return err
		})
	}
	b.system(func(ctx context.Context, tx pg.Tx) error {
		list, err := postgres.ListApprovers(ctx, tx, client, id.ID{})
		require.Len(t, list, 6, "without a partner nobody is left out")
		require.Equal(t, domain.Owner, list[0].Membership.Offer.Role, "owners first")
		return err
	})
}

func TestPlaces(t *testing.T) { // R89, R95
	t.Parallel()
	b := setup(t)
	user := id.New()
	active, suspended, left := b.organization(domain.Client), b.organization(domain.Partner), b.organization(domain.Client)
	for _, org := range []id.ID{active, suspended, left} {
		b.member(org, user, domain.Offer{Role: domain.Member})
	}
	b.exec("UPDATE organization SET state = 'SUSPENDED' WHERE id = $1", suspended)
	b.exec("UPDATE member SET end_time = now() WHERE organization_id = $1", left)
	require.NoError(t, b.db.InUser(t.Context(), user, func(ctx context.Context, tx pg.Tx) error {
		list, err := postgres.ListPlaces(ctx, tx, user, postgres.Slice{Limit: 10})
		require.Len(t, list, 1, "the inactive and the left ones are hidden")
		require.Equal(t, active, list[0].Organization.ID)
		return err
	}))
	for org, found := range map[id.ID]bool{active: true, suspended: false, left: false} {
		err := b.db.InTenant(t.Context(), org, func(ctx context.Context, tx pg.Tx) error {
			_, err := postgres.FindPlace(ctx, tx, org, user, false)
			return err
		})
		require.Equal(t, !found, err != nil)
	}
}

func TestInvitationsToMyAddress(t *testing.T) { // R63, R67
	t.Parallel()
	b := setup(t)
	one, two, suspended := b.organization(domain.Client), b.organization(domain.Partner), b.organization(domain.Client)
	first := b.invitation(one, "a@example.com")
	second := b.invitation(two, "a@example.com")
	b.invitation(two, "b@example.com")
	b.invitation(suspended, "a@example.com")
	b.exec("UPDATE organization SET state = 'SUSPENDED' WHERE id = $1", suspended)
	list := func() (mine []postgres.MyInvitation) {
		require.NoError(t, b.db.InUser(t.Context(), id.New(), func(ctx context.Context, tx pg.Tx) (err error) {
			require.NoError(t, postgres.UseAddress(ctx, tx, "a@example.com"))
			mine, err = postgres.ListMine(ctx, tx, postgres.Slice{Limit: 10})
			return err
		}))
		return mine
	}
	mine := list()
	require.Len(t, mine, 2)
	require.Equal(t, second.ID, mine[0].Invitation.ID, "newest first")
	require.Equal(t, "Cabinet Dupont", mine[0].OrganizationName)
	b.exec("UPDATE invitation SET expire_time = clock_timestamp() WHERE id = $1", first.ID)
	require.Len(t, list(), 1, "what has expired is not offered")
}
