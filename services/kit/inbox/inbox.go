// Package inbox makes the effect of an event happen once: the event's id is
// written in the transaction of its effect.
package inbox

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// retention is longer than the outbox's, so that a refilled broker cannot
// repeat an effect.
const retention = 36 * 24 * time.Hour

const purgeBatch = 5000

// Once tells whether the consumer meets the event for the first time. The
// caller does the effect in the same transaction, and nothing when it is not
// the first.
func Once(ctx context.Context, tx pg.Tx, consumer string, event id.ID) (bool, error) {
	noted, err := pg.Exec(ctx, tx, pg.Statement{Doing: "noting event in inbox", SQL: `
INSERT INTO inbox (consumer, event_id)
VALUES (@consumer, @event)
ON CONFLICT DO NOTHING`, Args: pgx.NamedArgs{"consumer": consumer, "event": event}})
	return noted == 1, err
}

// Purge removes a batch of entries past their retention; it answers how many.
func Purge(ctx context.Context, tx pg.Tx) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "purging inbox", SQL: `
DELETE FROM inbox
WHERE (consumer, event_id) IN (
  SELECT consumer, event_id
  FROM inbox
  WHERE received_at < now() - make_interval(secs => @age)
  ORDER BY received_at, consumer, event_id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"age": retention.Seconds(), "batch": purgeBatch}})
}
