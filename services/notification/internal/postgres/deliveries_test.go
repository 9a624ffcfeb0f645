package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func delivery(tenant id.ID) domain.Delivery {
	return domain.New(domain.Delivery{
		ID: id.New(), Tenant: tenant, RecipientRef: "usr_1", Template: "invitation", Locale: "fr",
		Fact: domain.Fact{EventID: id.New(), Subject: "aval.membership.v1.invitation.created", Payload: []byte{1}},
		Body: domain.Body{Address: "a@client.test", Subject: "s", Text: "t", HTML: "h", Logo: "\x89PNG\x00"},
	}, noon())
}

func insert(t *testing.T, db *pg.DB, d domain.Delivery) (first bool) {
	t.Helper()
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) (err error) {
		first, err = postgres.Deliveries{}.Insert(ctx, tx, d)
		return err
	}))
	return first
}

func lock(t *testing.T, db *pg.DB, delivery id.ID) (d domain.Delivery) {
	t.Helper()
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) (err error) {
		d, err = postgres.Deliveries{}.Lock(ctx, tx, delivery)
		return err
	}))
	return d
}

func TestDeliveryReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "notification", postgres.Migrations)
	d := delivery(id.New())
	require.True(t, insert(t, db, d))
	require.Equal(t, d, lock(t, db, d.ID))

	require.NoError(t, d.Claim(noon()))
	require.NoError(t, d.Accepted(noon().Add(time.Second), 250))
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return postgres.Deliveries{}.Save(ctx, tx, d)
	}))
	require.Equal(t, d, lock(t, db, d.ID))
}

func TestOneDeliveryPerFactRecipientAndTemplate(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "notification", postgres.Migrations)
	d := delivery(id.New())
	require.True(t, insert(t, db, d))
	again := d
	again.ID = id.New()
	require.False(t, insert(t, db, again))
	other := again
	other.RecipientRef = "usr_2"
	require.True(t, insert(t, db, other))
}

func TestListIsTheTenantsOwnNewestFirst(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "notification", postgres.Migrations)
	mine, others := id.New(), id.New()
	first, second := delivery(mine), delivery(mine)
	for _, d := range []domain.Delivery{first, second, delivery(others)} {
		insert(t, db, d)
	}
	list := func(tenant, before id.ID) []id.ID {
		out := []id.ID{}
		require.NoError(t, db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
			found, err := postgres.Deliveries{}.List(ctx, tx, postgres.Wanted{Before: before, Limit: 10})
			for _, d := range found {
				out = append(out, d.ID)
			}
			return err
		}))
		return out
	}
	require.Equal(t, []id.ID{second.ID, first.ID}, list(mine, id.ID{}))
	require.Equal(t, []id.ID{first.ID}, list(mine, second.ID))
	require.Empty(t, list(id.New(), id.ID{}))
}

func TestWithoutATenantNothingIsSeen(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "notification", postgres.Migrations)
	insert(t, db, delivery(id.New()))
	require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		var n int
		require.NoError(t, tx.QueryRow(ctx, "SELECT count(*) FROM delivery").Scan(&n))
		require.Zero(t, n)
		return nil
	}))
}

func TestBodiesAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "notification", postgres.Migrations)
	d := delivery(id.New())
	insert(t, db, d)
	purge := func(now time.Time) (n int64) {
		require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) (err error) {
			n, err = postgres.Deliveries{}.PurgeBodies(ctx, tx, now.Add(-domain.BodyLifetime))
			return err
		}))
		return n
	}
	require.Zero(t, purge(noon().Add(domain.BodyLifetime)))
	require.EqualValues(t, 1, purge(noon().Add(domain.BodyLifetime+time.Second)))
	require.True(t, lock(t, db, d.ID).Body.IsZero())
}
