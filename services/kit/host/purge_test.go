package host

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// What is past its time goes, of all three; what is unpublished or still young
// stays.
func TestPurgeForgetsOnlyWhatIsOver(t *testing.T) {
	t.Parallel()
	h := &Host{DB: pgtest.DB(t, "sample", nil)}
	_, err := pg.InSystem(t.Context(), h.DB, "test", func(ctx context.Context, tx pg.Tx) (pgconn.CommandTag, error) {
		return tx.Exec(ctx, `
WITH age (past) AS (VALUES (interval '1 day'), (interval '40 days')),
in_inbox AS (
  INSERT INTO inbox (consumer, event_id, received_at)
  SELECT 'test', gen_random_uuid(), now() - past
  FROM age
),
in_idempotency AS (
  INSERT INTO idempotency (tenant_id, principal, method, request_id, body_hash, response, expire_time)
  SELECT gen_random_uuid(), 'somebody', '/m', 'r', 'hash', '', now() - past + interval '2 days'
  FROM age
)
INSERT INTO outbox (id, aggregate_type, aggregate_id, version, subject, payload, published_at)
SELECT gen_random_uuid(), 'sample', gen_random_uuid(), 1, 'aval.membership.v1.sample.made', '', published_at
FROM (SELECT now() - past FROM age UNION ALL SELECT NULL) AS published (published_at)`)
	})
	require.NoError(t, err)

	require.NoError(t, h.purgeOnce(t.Context()))

	for table, stay := range map[string]int{"inbox": 1, "idempotency": 1, "outbox": 2} {
		n, err := pg.InSystem(t.Context(), h.DB, "test", func(ctx context.Context, tx pg.Tx) (int, error) {
			return pg.One(ctx, tx, pg.Statement{Doing: "counting", SQL: "SELECT count(*) FROM " + table}, pgx.RowTo[int])
		})
		require.NoError(t, err)
		require.Equal(t, stay, n, table)
	}
}
