// Package inbox makes the effect of an event happen once: the event's id is
// written in the transaction of its effect.
package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Retention is longer than the outbox's, so that a refilled broker cannot
// repeat an effect.
const Retention = 36 * 24 * time.Hour

const purgeBatch = 5000

// Once tells whether the consumer meets the event for the first time. The
// caller does the effect in the same transaction, and nothing when it is not
// the first.
func Once(ctx context.Context, tx pg.Tx, consumer string, event id.ID) (bool, error) {
	tag, err := tx.Exec(ctx, `
INSERT INTO inbox (consumer, event_id)
VALUES (@consumer, @event)
ON CONFLICT DO NOTHING`, pgx.NamedArgs{"consumer": consumer, "event": event})
	if err != nil {
		return false, fmt.Errorf("noting event in inbox: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Purge removes a batch of entries past their retention; it answers how many.
func Purge(ctx context.Context, tx pg.Tx) (int64, error) {
	tag, err := tx.Exec(ctx, `
DELETE FROM inbox
WHERE (consumer, event_id) IN (
  SELECT consumer, event_id
  FROM inbox
  WHERE received_at < now() - make_interval(secs => @age)
  ORDER BY received_at, consumer, event_id
  LIMIT @batch
)`, pgx.NamedArgs{"age": Retention.Seconds(), "batch": purgeBatch})
	if err != nil {
		return 0, fmt.Errorf("purging inbox: %w", err)
	}
	return tag.RowsAffected(), nil
}
