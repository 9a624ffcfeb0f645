package host

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// What is past its time goes, what is not published or still young stays.
func TestPurgeForgetsOnlyWhatIsOver(t *testing.T) {
	t.Parallel()
	h := &Host{DB: pgtest.DB(t, "sample", nil)}
	count := func(table string) (n int) {
		require.NoError(t, h.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
			return tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
		}))
		return n
	}
	require.NoError(t, h.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		for _, age := range []string{"1 day", "40 days"} {
			_, err := tx.Exec(ctx, `
INSERT INTO inbox (consumer, event_id, received_at)
VALUES ('test', gen_random_uuid(), now() - $1::interval)`, age)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, h.purgeOnce(t.Context()))
	require.Equal(t, 1, count("inbox"))
}
