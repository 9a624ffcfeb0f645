package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// maxNamed bounds how many accesses a mail lists by name.
const maxNamed = 50

// OldestEndless finds the oldest yes in force at a client that has no end of its
// own; zero when there is none.
func (Consents) OldestEndless(ctx context.Context, tx pg.Tx, client id.ID) (id.ID, error) {
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "looking for the oldest access", SQL: `
SELECT id
FROM consent
WHERE client_id = @client
  AND state = 'GIVEN'
  AND expire_time IS NULL
ORDER BY give_time, id
LIMIT 1`, Args: pgx.NamedArgs{"client": client}}, pgx.RowTo[id.ID])
	if err != nil || len(found) == 0 {
		return id.ID{}, err
	}
	return found[0], nil
}

// InForce reads the accesses of a client, oldest first, as many as a mail lists.
func (s Consents) InForce(ctx context.Context, tx pg.Tx, client id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND state = 'GIVEN'
ORDER BY give_time, id
LIMIT @limit`, pgx.NamedArgs{"client": client, "limit": maxNamed})
}
