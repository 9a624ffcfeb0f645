package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// LedgerRow is a leaf with the record behind it, as far as that has not ended.
type LedgerRow struct {
	SealedLeaf
	RecordID, AccountID           id.ID
	Content, Key, Actor, ActorKey []byte
}

// LedgerRange says which rows to list, in the order of the ledger.
type LedgerRange struct {
	RecordID, ConsentID id.ID     // zero: any
	Start, End          time.Time // zero: open
	After               int64     // the place before the first; -1: from the beginning
	Size                int64     // of the tree to stay within
	Limit               int
}

// List reads what the tenant of the transaction may see.
func (Ledger) List(ctx context.Context, tx pg.Tx, r LedgerRange) ([]LedgerRow, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading the ledger", SQL: `
SELECT l.sequence, l.data, r.id, r.account_id, r.content, r.key, r.actor, r.actor_key
FROM ledger_record r
JOIN ledger_leaf l ON l.sequence = r.sequence
WHERE (r.account_id = ctx_tenant() OR r.partner_id = ctx_tenant())
  AND r.sequence > @after
  AND r.sequence < @size
  AND (@record::uuid IS NULL OR r.id = @record)
  AND (@consent::uuid IS NULL OR r.consent_id = @consent)
  AND (@start::timestamptz IS NULL OR r.time >= @start)
  AND (@end::timestamptz IS NULL OR r.time < @end)
ORDER BY r.sequence
LIMIT @limit`, Args: pgx.NamedArgs{
		"after": r.After, "size": r.Size, "record": r.RecordID, "consent": r.ConsentID,
		"start": pg.NullTime(r.Start), "end": pg.NullTime(r.End), "limit": r.Limit,
	}}, ledgerRowFrom)
}

// Leaves reads leaves of all accounts after a place, with their records.
func (Ledger) Leaves(ctx context.Context, tx pg.Tx, r LedgerRange) ([]LedgerRow, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading leaves", SQL: `
SELECT l.sequence, l.data, r.id, r.account_id, r.content, r.key, r.actor, r.actor_key
FROM ledger_leaf l
LEFT JOIN ledger_record r ON r.sequence = l.sequence
WHERE l.sequence > @after
  AND l.sequence < @size
ORDER BY l.sequence
LIMIT @limit`, Args: pgx.NamedArgs{"after": r.After, "size": r.Size, "limit": r.Limit}}, ledgerRowFrom)
}

func ledgerRowFrom(row pgx.CollectableRow) (LedgerRow, error) {
	var l LedgerRow
	err := row.Scan(&l.Sequence, &l.Data, &l.RecordID, &l.AccountID, &l.Content, &l.Key, &l.Actor, &l.ActorKey)
	return l, err
}

// LeafHashes reads the hashes that the tree holds of leaves; one byte, which is
// no hash, where it holds none.
func (Ledger) LeafHashes(ctx context.Context, tx pg.Tx, rows []LedgerRow) ([][]byte, error) {
	places := make([]int64, len(rows))
	for i, row := range rows {
		places[i] = tlog.StoredHashIndex(0, row.Sequence)
	}
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading hashes of leaves", SQL: `
SELECT coalesce(h.hash, '\x00')
FROM unnest(@places::bigint[]) WITH ORDINALITY AS p (place, ordinal)
LEFT JOIN ledger_hash h ON h.position = p.place
ORDER BY p.ordinal
LIMIT @limit`, Args: pgx.NamedArgs{"places": places, "limit": len(places)}}, pgx.RowTo[[]byte])
}
