package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// BeginErasure stores that a person wants to be forgotten. Their address is
// free for somebody else at once; the siblings may still read it.
func BeginErasure(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) (first bool, err error) {
	begun, err := pg.Exec(ctx, tx, pg.Statement{Doing: "beginning an erasure", SQL: `
UPDATE users
SET erase_request_time = @now, email_key = 'erased ' || id
WHERE id = @id
  AND erase_request_time IS NULL`, Args: pgx.NamedArgs{"id": user, "now": now}})
	return begun == 1, err
}

// ConfirmErasure notes that a service has forgotten a person, and gives how many
// have.
func ConfirmErasure(ctx context.Context, tx pg.Tx, user id.ID, service string, now time.Time) (int, error) {
	args := pgx.NamedArgs{"user": user, "service": service, "now": now}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "confirming an erasure", SQL: `
INSERT INTO erasure_step (user_id, service, time)
VALUES (@user, @service, @now)
ON CONFLICT DO NOTHING`, Args: args})
	if err != nil {
		return 0, err
	}
	return pg.One(ctx, tx, pg.Statement{Doing: "counting confirmations of an erasure", SQL: `
SELECT count(*)
FROM erasure_step
WHERE user_id = @user`, Args: args}, pgx.RowTo[int])
}

// CloseErasure empties what is left of a person; false when that was done
// before, or not asked for.
func CloseErasure(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) (bool, error) {
	args := pgx.NamedArgs{"id": user, "now": now}
	closed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "closing an erasure", SQL: `
UPDATE users
SET email = '', erase_time = @now
WHERE id = @id
  AND erase_request_time IS NOT NULL
  AND erase_time IS NULL`, Args: args})
	if err != nil || closed == 0 {
		return false, err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting sessions", SQL: `
DELETE FROM sessions
WHERE user_id = @id`, Args: args})
	return true, err
}

// ListAllSessions gives what is kept of a person's sessions, newest first.
func ListAllSessions(ctx context.Context, tx pg.Tx, user id.ID, limit int) ([]domain.Session, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing all sessions", SQL: `
SELECT ` + sessionColumns + `
FROM sessions
WHERE user_id = @user
ORDER BY create_time DESC, id DESC
LIMIT @limit`, Args: pgx.NamedArgs{"user": user, "limit": limit}}, sessionFromRow)
}
