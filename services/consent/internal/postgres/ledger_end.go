package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// EndOf ends the records that name a person and no account. What accounts keep
// follows the terms of their histories.
func (Ledger) EndOf(ctx context.Context, tx pg.Tx, user id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "ending a person's records", SQL: `
UPDATE ledger_record
SET content = NULL, key = NULL, actor = NULL, actor_key = NULL, people = '{}', announce = true
WHERE account_id IS NULL
  AND key IS NOT NULL
  AND people @> ARRAY[@user::uuid]`, Args: pgx.NamedArgs{"user": user}})
	return err
}

// TakeEnded gives the places of records that ended and that no leaf has told
// of; the caller tells in the same transaction.
func (Ledger) TakeEnded(ctx context.Context, tx pg.Tx, limit int) ([]int64, error) {
	places, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading which records ended", SQL: `
UPDATE ledger_record r
SET announce = false
FROM (
  SELECT id
  FROM ledger_record
  WHERE announce
    AND sequence IS NOT NULL
  ORDER BY sequence
  LIMIT @limit
) due
WHERE r.id = due.id
RETURNING r.sequence`, Args: pgx.NamedArgs{"limit": limit}}, pgx.RowTo[int64])
	slices.Sort(places)
	return places, err
}
