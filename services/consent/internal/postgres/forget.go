package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
)

// forgetBatch bounds what one transaction forgets.
const forgetBatch = 1000

// Past holds moments before which something is past its term; a zero moment
// keeps it for ever.
type Past struct{ Proofs, Visits, Actions, Traces time.Time }

// ForgetNames takes names, networks and agents out of a batch of what is past
// its term, and gives how many rows it changed. Rows stay.
func ForgetNames(ctx context.Context, tx pg.Tx, p Past) (int64, error) {
	args := pgx.NamedArgs{
		"proofs": pg.NullTime(p.Proofs), "visits": pg.NullTime(p.Visits), "actions": pg.NullTime(p.Actions),
		"traces": pg.NullTime(p.Traces), "batch": forgetBatch,
	}
	gone, err := pg.One(ctx, tx, pg.Statement{Doing: "forgetting names of the history", SQL: `
SELECT forget_names(@actions, @visits, @proofs, @batch)`, Args: args}, pgx.RowTo[int64])
	if err != nil {
		return 0, err
	}
	emptied, err := pg.Total(pg.ExecAll(ctx, tx, []pg.Statement{
		{Doing: "forgetting names of consents", SQL: `
UPDATE consent
SET given_name = '', family_name = '', approver_name = ''
WHERE (client_id, id) IN (
  SELECT c.client_id, c.id
  FROM consent c
  WHERE c.given_name <> ''
    AND c.create_time < @proofs
    AND consent_end(c) < @proofs
  ORDER BY c.create_time, c.client_id, c.id
  LIMIT @batch
)`, Args: args},
		{Doing: "forgetting where answers came from", SQL: `
UPDATE consent
SET network = '', agent = ''
WHERE (client_id, id) IN (
  SELECT c.client_id, c.id
  FROM consent c
  WHERE (c.network <> '' OR c.agent <> '')
    AND coalesce(c.give_time, c.refuse_time) < @traces
  ORDER BY coalesce(c.give_time, c.refuse_time), c.client_id, c.id
  LIMIT @batch
)`, Args: args},
	}))
	return gone + emptied, err
}
