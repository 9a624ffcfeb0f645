package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Reach says at what time a request was found to reach nobody, or was mailed
// anew.
type Reach struct {
	PartnerID, Assignment id.ID
	Lost                  bool
	Time                  time.Time
}

// NoteReach writes it, unless something newer is known.
func NoteReach(ctx context.Context, tx pg.Tx, r Reach) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "noting whether a request reaches anybody", SQL: `
UPDATE assignment
SET unreachable_time = CASE WHEN @lost THEN coalesce(unreachable_time, @at) END,
    reach_time = @at
WHERE partner_id = @partner
  AND id = @id
  AND (reach_time IS NULL OR reach_time <= @at)`, Args: pgx.NamedArgs{
		"partner": r.PartnerID, "id": r.Assignment, "lost": r.Lost, "at": r.Time,
	}})
	return err
}
