package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// InsertResetRequest notes that a new password was asked for.
func InsertResetRequest(ctx context.Context, tx pg.Tx, request id.ID, key string, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a request for a new password", SQL: `
INSERT INTO reset_request (id, email_key, create_time)
VALUES (@id, @key, @now)`, Args: pgx.NamedArgs{"id": request, "key": key, "now": now}})
	return err
}

// FindReset gives the account that a request is about; pg.ErrNoRows when the
// address is nobody's, or the request was made before since.
func FindReset(ctx context.Context, tx pg.Tx, request id.ID, since time.Time) (Account, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a request for a new password", SQL: `
SELECT ` + accountColumns + `
FROM reset_request r
JOIN users u ON u.email_key = r.email_key
LEFT JOIN credentials c ON c.user_id = u.id
WHERE r.id = @id
  AND r.create_time >= @since
LIMIT 1`, Args: pgx.NamedArgs{"id": request, "since": since}}, accountFromRow)
}

// PurgeResetRequests removes a batch of old ones.
func PurgeResetRequests(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "removing old requests for a new password", SQL: `
DELETE FROM reset_request
WHERE id IN (
  SELECT id
  FROM reset_request
  WHERE create_time < @before
  ORDER BY create_time, id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}
