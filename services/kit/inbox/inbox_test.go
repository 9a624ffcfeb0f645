package inbox_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "sample", nil)
	once := func(consumer string, event id.ID, then error) (first bool, err error) {
		err = db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			first, err = inbox.Once(ctx, tx, consumer, event)
			return errors.Join(err, then)
		})
		return first, err
	}

	t.Run("the second delivery has no effect", func(t *testing.T) {
		event := id.New()
		first, err := once("a", event, nil)
		require.NoError(t, err)
		require.True(t, first)
		again, err := once("a", event, nil)
		require.NoError(t, err)
		require.False(t, again)
		other, err := once("b", event, nil)
		require.NoError(t, err)
		require.True(t, other, "each consumer counts for itself")
	})
	t.Run("an effect that failed leaves no trace", func(t *testing.T) {
		event := id.New()
		_, err := once("a", event, errors.New("broken"))
		require.Error(t, err)
		first, err := once("a", event, nil)
		require.NoError(t, err)
		require.True(t, first)
	})
	t.Run("of deliveries at the same time one is first", func(t *testing.T) {
		event := id.New()
		var firsts atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if first, err := once("a", event, nil); err == nil && first {
					firsts.Add(1)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, firsts.Load())
	})
}

func TestPurgeKeepsWhatIsYoung(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "sample", nil)
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO inbox (consumer, event_id, received_at)
VALUES ('a', gen_random_uuid(), now() - interval '37 days'), ('a', gen_random_uuid(), now() - interval '35 days')`)
		require.NoError(t, err)
		removed, err := inbox.Purge(ctx, tx)
		require.NoError(t, err)
		require.EqualValues(t, 1, removed)
		return nil
	}))
}
