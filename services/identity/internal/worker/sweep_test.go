package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/worker"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/kit/token"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestSweepRemovesWhatWasOverLongAgo(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "identity", postgres.Migrations)
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	user := domain.User{ID: id.New(), Email: "a@cabinet.fr", Locale: "fr", CreateTime: now}
	old, fresh := token.New(token.Session).Hash(), token.New(token.Session).Hash()
	require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.EnsureUser(ctx, tx, user, user.Email)
		require.NoError(t, err)
		for hash, at := range map[string]time.Time{string(old): now.AddDate(0, 0, -31), string(fresh): now.AddDate(0, 0, -29)} {
			s := domain.OpenSession(domain.SignedIn{SessionID: id.New(), UserID: user.ID, Now: at})
			require.NoError(t, postgres.InsertSession(ctx, tx, s, []byte(hash)))
		}
		return nil
	}))

	sweep := worker.Sweep{DB: db, Clock: clock.Fixed(now), Log: telemetry.Discard().Log}
	require.NoError(t, sweep.Once(t.Context()))

	require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.FindSession(ctx, tx, old)
		require.ErrorIs(t, err, pg.ErrNoRows)
		_, err = postgres.FindSession(ctx, tx, fresh)
		return err
	}))
}
