package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/pg"
)

// T-13: the second use comes while the first is not committed yet. It waits,
// and learns that it is late: a check made before the wait would not.
func TestASecondUseWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	secret := b.code(t)
	second := make(chan error, 1)
	b.do(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.ConsumeCode(ctx, tx, secret, product)
		require.NoError(t, err)
		go func() { second <- b.consume(t.Context(), secret, product) }()
		require.Eventually(t, func() bool { return keepsSomebodyWaiting(ctx, tx) }, 5*time.Second, 10*time.Millisecond)
		return nil
	})
	require.ErrorIs(t, <-second, pg.ErrNoRows)
}

func keepsSomebodyWaiting(ctx context.Context, tx pg.Tx) bool {
	var keeps bool
	err := tx.QueryRow(ctx, `
SELECT EXISTS (
  SELECT
  FROM pg_locks
  WHERE NOT granted
    AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
)`).Scan(&keeps)
	return err == nil && keeps
}
