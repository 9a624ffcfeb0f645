package postgres_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/testsize"
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

// T-13: of a hundred uses at once one counts.
func TestACodeIsUsedOnceByAHundred(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range testsize.Of(t, 10, 2000) {
		secret := b.code(t)
		var won atomic.Int64
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if b.consume(t.Context(), secret, product) == nil {
					won.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, won.Load())
	}
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
