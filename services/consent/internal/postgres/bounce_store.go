package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// maxBehind bounds the requests that one bounce is looked up for.
const maxBehind = 1000

// Request names a request at its client.
type Request struct{ ClientID, ConsentID id.ID }

// Bounce notes on every link that was mailed to somebody by then that no mail
// arrives there, and answers the requests that the links are for.
func (Links) Bounce(ctx context.Context, tx pg.Tx, recipient id.ID, at time.Time) ([]Request, error) {
	args := pgx.NamedArgs{"recipient": recipient, "at": at, "limit": maxBehind}
	if _, err := pg.Exec(ctx, tx, pg.Statement{Doing: "noting a bounce", SQL: `
UPDATE consent_link
SET bounce_time = @at
WHERE recipient_id = @recipient
  AND create_time <= @at
  AND expire_time > @at
  AND bounce_time IS NULL`, Args: args}); err != nil {
		return nil, err
	}
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading requests that bounced", SQL: `
SELECT DISTINCT coalesce(l.client_id, q.client_id), coalesce(l.consent_id, q.consent_id)
FROM consent_link l
LEFT JOIN mail_departure_request q ON q.departure_id = l.departure_id
WHERE l.recipient_id = @recipient
  AND l.bounce_time >= @at
  AND coalesce(l.consent_id, q.consent_id) IS NOT NULL
ORDER BY 1, 2
LIMIT @limit`, Args: args}, pgx.RowToStructByPos[Request])
}

// Unreached lists to whom the newest mail about a request bounced.
func (Links) Unreached(ctx context.Context, tx pg.Tx, consent id.ID) ([]id.ID, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading who was not reached", SQL: `
SELECT newest.recipient_id
FROM (
  SELECT DISTINCT ON (l.recipient_id) l.recipient_id, l.bounce_time
  FROM consent_link l
  WHERE l.consent_id = @consent
     OR l.departure_id IN (SELECT q.departure_id FROM mail_departure_request q WHERE q.consent_id = @consent)
  ORDER BY l.recipient_id, l.create_time DESC, l.hash
) newest
WHERE newest.bounce_time IS NOT NULL
ORDER BY newest.recipient_id
LIMIT @limit`, Args: pgx.NamedArgs{"consent": consent, "limit": maxBehind}}, pgx.RowTo[id.ID])
}
