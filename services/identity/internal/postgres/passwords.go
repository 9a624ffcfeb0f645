package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Password is a hash to store for a person.
type Password struct {
	UserID id.ID
	Hash   string
	Now    time.Time
}

// InsertPassword stores a first password; false when the person has one
// already.
func InsertPassword(ctx context.Context, tx pg.Tx, p Password) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a password", SQL: `
INSERT INTO credentials (user_id, hash, create_time, update_time)
VALUES (@user, @hash, @now, @now)
ON CONFLICT (user_id) DO NOTHING`, Args: p.args()})
	return changed == 1, err
}

// ReplacePassword stores the password that counts from now on; an empty hash
// lets none count.
func ReplacePassword(ctx context.Context, tx pg.Tx, p Password) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "replacing a password", SQL: `
INSERT INTO credentials (user_id, hash, create_time, update_time)
VALUES (@user, @hash, @now, @now)
ON CONFLICT (user_id) DO UPDATE
SET hash = @hash,
    version = credentials.version + 1,
    update_time = @now`, Args: p.args()})
	return err
}

// RenewPassword replaces a hash by a stronger one of the same password, unless
// the password changed in between.
func RenewPassword(ctx context.Context, tx pg.Tx, p Password, old string) error {
	args := p.args()
	args["old"] = old
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "renewing a password's hash", SQL: `
UPDATE credentials
SET hash = @hash, update_time = @now
WHERE user_id = @user
  AND hash = @old`, Args: args})
	return err
}

// DeletePassword drops a person's password.
func DeletePassword(ctx context.Context, tx pg.Tx, user id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "dropping a password", SQL: `
DELETE FROM credentials
WHERE user_id = @user`, Args: pgx.NamedArgs{"user": user}})
	return err
}

func (p Password) args() pgx.NamedArgs {
	return pgx.NamedArgs{"user": p.UserID, "hash": p.Hash, "now": p.Now}
}
