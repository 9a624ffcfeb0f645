package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// T-01: a lease that nobody answered for is removed by who waited for it, unless
// its replica has renewed it meanwhile: what was read then is not waited for.
func TestALeaseThatWasRenewedMeanwhileStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	silent, renewed := id.New(), id.New()
	b.exec("INSERT INTO decision_lease (id, renewal, bound) VALUES ($1, 1, '1'), ($2, 1, '1')", silent, renewed)
	waited := make(chan error, 1)
	go func() { waited <- b.fence.Wait(t.Context()) }()
	for open := true; open; {
		b.exec("UPDATE decision_lease SET renewal = renewal + 1 WHERE id = $1", renewed)
		select {
		case err := <-waited:
			require.NoError(t, err)
			open = false
		case <-time.After(20 * time.Millisecond):
		}
	}
	require.Equal(t, 1, b.count("SELECT count(*) FROM decision_lease WHERE id = $1", renewed))
	require.Zero(t, b.count("SELECT count(*) FROM decision_lease WHERE id = $1", silent))
}

// T-01: what a replica that was away reads again is never older than what it had.
func TestAnEntryThatEndedNeverChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.supporting().life(b.client())
	require.NoError(t, l.give(t.Context()))
	require.NoError(t, l.end(t.Context()))
	err := b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE access_entry SET end_time = NULL WHERE id = $1", l.grant)
		return err
	})
	require.ErrorContains(t, err, "has ended")
}

func (b *bundle) exec(sql string, args ...any) {
	b.Helper()
	require.NoError(b, b.db.InSystem(b.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}))
}

func (b *bundle) count(sql string, args ...any) (n int) {
	b.Helper()
	require.NoError(b, b.db.InSystem(b.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, sql, args...).Scan(&n)
	}))
	return n
}
