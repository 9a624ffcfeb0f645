package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// ReplaceRecoveryCodes stores hashes in the place of all earlier ones; none
// where hashes is empty.
func ReplaceRecoveryCodes(ctx context.Context, tx pg.Tx, user id.ID, hashes [][]byte, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "removing recovery codes", SQL: `
DELETE FROM recovery_code
WHERE user_id = @user`, Args: pgx.NamedArgs{"user": user}})
	if err != nil || len(hashes) == 0 {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "storing recovery codes", SQL: `
INSERT INTO recovery_code (user_id, hash, create_time)
SELECT @user, hash, @now
FROM unnest(@hashes::bytea[]) AS hash`, Args: pgx.NamedArgs{"user": user, "hashes": hashes, "now": now}})
	return err
}

// SpendRecoveryCode marks a code as used; false when there is none such left.
func SpendRecoveryCode(ctx context.Context, tx pg.Tx, user id.ID, hash []byte, now time.Time) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "spending a recovery code", SQL: `
UPDATE recovery_code
SET use_time = @now
WHERE user_id = @user
  AND hash = @hash
  AND use_time IS NULL`, Args: pgx.NamedArgs{"user": user, "hash": hash, "now": now}})
	return changed == 1, err
}

// CountRecoveryCodes gives how many are left.
func CountRecoveryCodes(ctx context.Context, tx pg.Tx, user id.ID) (int64, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "counting recovery codes", SQL: `
SELECT count(*)
FROM recovery_code
WHERE user_id = @user
  AND use_time IS NULL
LIMIT 1`, Args: pgx.NamedArgs{"user": user}}, pgx.RowTo[int64])
}
