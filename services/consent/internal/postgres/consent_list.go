package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Listing says which consents of a client to list, newest first.
type Listing struct {
	ClientID id.ID
	// States to keep, as they are at Now; all if empty.
	States []domain.State
	Now    time.Time
	// After is the last consent of the page before; zero for the first page.
	After id.ID
	Limit int
}

// List reads one page. Ids are ordered by time, so that they are the key.
func (s Consents) List(ctx context.Context, tx pg.Tx, l Listing) ([]domain.Record, error) {
	states := make([]string, len(l.States))
	for i, state := range l.States {
		states[i] = string(state)
	}
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND (@after::uuid IS NULL OR id < @after)
  AND (cardinality(@states::text[]) = 0 OR CASE
    WHEN state = 'REQUESTED' AND request_expire_time <= @now THEN 'EXPIRED_UNANSWERED'
    WHEN state = 'GIVEN' AND expire_time <= @now THEN 'EXPIRED'
    ELSE state
  END = ANY (@states))
ORDER BY id DESC
LIMIT @limit`, pgx.NamedArgs{
		"client": l.ClientID, "states": states, "now": l.Now, "after": l.After, "limit": l.Limit,
	})
}
