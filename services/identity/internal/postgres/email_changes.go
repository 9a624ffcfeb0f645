package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const emailChangeColumns = `id, user_id, old_email, new_email, actor_id, state, create_time, confirm_time`

// InsertEmailChange stores a change that begins, in the place of one that the
// person's row shows as pending.
func InsertEmailChange(ctx context.Context, tx pg.Tx, c domain.EmailChange) error {
	if err := CancelEmailChanges(ctx, tx, c.UserID); err != nil {
		return err
	}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a change of address", SQL: `
INSERT INTO email_change (id, user_id, old_email, new_email, actor_id, state, create_time)
VALUES (@id, @user, @old, @new, @actor, @state, @now)`, Args: pgx.NamedArgs{
		"id": c.ID, "user": c.UserID, "old": c.OldEmail, "new": c.NewEmail, "actor": c.ActorID,
		"state": c.State, "now": c.CreateTime,
	}})
	return err
}

// CancelEmailChanges drops what a person has begun.
func CancelEmailChanges(ctx context.Context, tx pg.Tx, user id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "dropping changes of address", SQL: `
UPDATE email_change
SET state = 'CANCELLED'
WHERE user_id = @user
  AND state = 'PENDING'`, Args: pgx.NamedArgs{"user": user}})
	return err
}

// FindEmailChange gives a change; pg.ErrNoRows when there is none.
func FindEmailChange(ctx context.Context, tx pg.Tx, change id.ID) (domain.EmailChange, error) {
	return oneEmailChange(ctx, tx, change, "")
}

// LockEmailChange gives it and locks its row.
func LockEmailChange(ctx context.Context, tx pg.Tx, change id.ID) (domain.EmailChange, error) {
	return oneEmailChange(ctx, tx, change, "\nFOR UPDATE")
}

func oneEmailChange(ctx context.Context, tx pg.Tx, change id.ID, lock string) (domain.EmailChange, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a change of address", SQL: `
SELECT ` + emailChangeColumns + `
FROM email_change
WHERE id = @id
LIMIT 1` + lock, Args: pgx.NamedArgs{"id": change}}, emailChangeFromRow)
}

// ListEmailChanges gives the newest of a person.
func ListEmailChanges(ctx context.Context, tx pg.Tx, user id.ID, limit int) ([]domain.EmailChange, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing changes of address", SQL: `
SELECT ` + emailChangeColumns + `
FROM email_change
WHERE user_id = @user
ORDER BY create_time DESC, id DESC
LIMIT @limit`, Args: pgx.NamedArgs{"user": user, "limit": limit}}, emailChangeFromRow)
}

// ConfirmEmailChange stores that the address changed.
func ConfirmEmailChange(ctx context.Context, tx pg.Tx, change id.ID, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "confirming a change of address", SQL: `
UPDATE email_change
SET state = 'CONFIRMED', confirm_time = @now
WHERE id = @id
  AND state = 'PENDING'`, Args: pgx.NamedArgs{"id": change, "now": now}})
	return err
}

// UndoEmailChanges takes a change back, and all of the person that came after:
// whoever made the first made those too.
func UndoEmailChanges(ctx context.Context, tx pg.Tx, c domain.EmailChange) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "undoing changes of address", SQL: `
UPDATE email_change
SET state = 'UNDONE'
WHERE user_id = @user
  AND state = 'CONFIRMED'
  AND confirm_time >= @since`, Args: pgx.NamedArgs{"user": c.UserID, "since": c.ConfirmTime}})
	return err
}

// ForgetEmailChanges empties the addresses of a person who is erased.
func ForgetEmailChanges(ctx context.Context, tx pg.Tx, user id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting changes of address", SQL: `
UPDATE email_change
SET old_email = '', new_email = ''
WHERE user_id = @user`, Args: pgx.NamedArgs{"user": user}})
	return err
}

func emailChangeFromRow(row pgx.CollectableRow) (domain.EmailChange, error) {
	var c domain.EmailChange
	var confirmed *time.Time
	err := row.Scan(&c.ID, &c.UserID, &c.OldEmail, &c.NewEmail, &c.ActorID, &c.State, &c.CreateTime, &confirmed)
	c.CreateTime, c.ConfirmTime = c.CreateTime.UTC(), pg.TimeOf(confirmed)
	return c, err
}
