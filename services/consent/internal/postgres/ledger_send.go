package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// SignedBefore reads the last checkpoint that was signed before a moment; false
// when there is none.
func (Ledger) SignedBefore(ctx context.Context, tx pg.Tx, end time.Time) (SignedTree, bool, error) {
	list, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading a checkpoint", SQL: `
SELECT size, root, note, sign_time
FROM ledger_checkpoint
WHERE sign_time < @end
ORDER BY size DESC
LIMIT 1`, Args: pgx.NamedArgs{"end": end}}, signedFromRow)
	if err != nil || len(list) == 0 {
		return SignedTree{}, false, err
	}
	return list[0], true, nil
}

// Recipients lists a batch of the clients and partners to whom checkpoints are
// sent: all that a consent names, but for those that want none.
func (Ledger) Recipients(ctx context.Context, tx pg.Tx, after id.ID) ([]id.ID, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing who gets checkpoints", SQL: `
SELECT o.id
FROM (
  SELECT client_id
  FROM consent
  WHERE @after::uuid IS NULL OR client_id > @after
  UNION
  SELECT partner_id
  FROM consent
  WHERE @after::uuid IS NULL OR partner_id > @after
) AS o (id)
WHERE NOT EXISTS (SELECT FROM consent_policy p WHERE p.client_id = o.id AND p.no_ledger_mails)
ORDER BY o.id
LIMIT @limit`, Args: pgx.NamedArgs{"after": after, "limit": maxAtOnce}}, pgx.RowTo[id.ID])
}
