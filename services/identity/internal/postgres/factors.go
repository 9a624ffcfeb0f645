package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// ListFactors gives a person's factors in force, by id, after the given one.
func ListFactors(ctx context.Context, tx pg.Tx, user, after id.ID, limit int) ([]domain.Factor, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing factors", SQL: `
SELECT id, kind, name, create_time, use_time
FROM factor
WHERE user_id = @user
  AND confirm_time IS NOT NULL
  AND (@after::uuid IS NULL OR id > @after)
ORDER BY id
LIMIT @limit`, Args: pgx.NamedArgs{"user": user, "after": after, "limit": limit}}, factorFromRow)
}

// ListFactorKinds gives the kinds that a person can prove; none for a person
// without a factor.
func ListFactorKinds(ctx context.Context, tx pg.Tx, user id.ID) ([]domain.FactorKind, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing a user's kinds of factors", SQL: `
SELECT kind
FROM (
  SELECT DISTINCT kind
  FROM factor
  WHERE user_id = @user
    AND confirm_time IS NOT NULL
  UNION ALL
  SELECT 'RECOVERY_CODE'
  WHERE EXISTS (SELECT 1 FROM factor WHERE user_id = @user AND confirm_time IS NOT NULL)
    AND EXISTS (SELECT 1 FROM recovery_code WHERE user_id = @user AND use_time IS NULL)
) AS kinds
ORDER BY array_position(ARRAY['PASSKEY', 'TOTP', 'RECOVERY_CODE'], kind)
LIMIT 3`, Args: pgx.NamedArgs{"user": user}}, pgx.RowTo[domain.FactorKind])
}

// RenameFactor gives the factor under its new name; pg.ErrNoRows where the
// person has none such.
func RenameFactor(ctx context.Context, tx pg.Tx, user, factor id.ID, name string) (domain.Factor, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "renaming a factor", SQL: `
UPDATE factor
SET name = @name
WHERE id = @id
  AND user_id = @user
  AND confirm_time IS NOT NULL
RETURNING id, kind, name, create_time, use_time`, Args: pgx.NamedArgs{"id": factor, "user": user, "name": name}}, factorFromRow)
}

// DeleteFactor gives what it was; pg.ErrNoRows where the person has none such.
func DeleteFactor(ctx context.Context, tx pg.Tx, user, factor id.ID) (domain.Factor, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "removing a factor", SQL: `
DELETE FROM factor
WHERE id = @id
  AND user_id = @user
  AND confirm_time IS NOT NULL
RETURNING id, kind, name, create_time, use_time`, Args: pgx.NamedArgs{"id": factor, "user": user}}, factorFromRow)
}

// DeleteFactors removes all that a person proves themselves with beside the
// password, and gives how many factors there were.
func DeleteFactors(ctx context.Context, tx pg.Tx, user id.ID) (int64, error) {
	args := pgx.NamedArgs{"user": user}
	for _, s := range []pg.Statement{
		{Doing: "removing recovery codes", SQL: `DELETE FROM recovery_code WHERE user_id = @user`, Args: args},
		{Doing: "removing challenges", SQL: `DELETE FROM passkey_challenge WHERE user_id = @user`, Args: args},
		{Doing: "removing a handle", SQL: `DELETE FROM passkey_handle WHERE user_id = @user`, Args: args},
	} {
		if _, err := pg.Exec(ctx, tx, s); err != nil {
			return 0, err
		}
	}
	return pg.Exec(ctx, tx, pg.Statement{Doing: "removing factors", SQL: `DELETE FROM factor WHERE user_id = @user`, Args: args})
}

// DeleteFactorsSince removes the factors that a person enrolled at or after the
// given moment, and gives how many. Recovery codes made since go too, and all of
// them where no factor is left for which they could stand in.
func DeleteFactorsSince(ctx context.Context, tx pg.Tx, user id.ID, since time.Time) (int64, error) {
	args := pgx.NamedArgs{"user": user, "since": since}
	removed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "removing newer factors", SQL: `
DELETE FROM factor
WHERE user_id = @user
  AND create_time >= @since
  AND confirm_time IS NOT NULL`, Args: args})
	if err != nil {
		return 0, err
	}
	for _, s := range []pg.Statement{
		{Doing: "removing an app's new secret", SQL: `
DELETE FROM factor
WHERE user_id = @user
  AND confirm_time IS NULL`, Args: args},
		{Doing: "removing challenges", SQL: `DELETE FROM passkey_challenge WHERE user_id = @user`, Args: args},
		{Doing: "removing newer recovery codes", SQL: `
DELETE FROM recovery_code
WHERE user_id = @user
  AND (create_time >= @since OR NOT EXISTS (SELECT FROM factor WHERE user_id = @user))`, Args: args},
	} {
		if _, err := pg.Exec(ctx, tx, s); err != nil {
			return 0, err
		}
	}
	return removed, nil
}

// TotpSecret is an authenticator app's sealed secret, and the last step that
// was proven with it.
type TotpSecret struct {
	FactorID   id.ID
	Sealed     []byte
	Step       int64
	CreateTime time.Time
}

// ReplacePendingTotp stores a secret that counts once it is confirmed; one that
// waited before is void.
func ReplacePendingTotp(ctx context.Context, tx pg.Tx, user id.ID, s TotpSecret) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing an app's secret", SQL: `
INSERT INTO factor (id, user_id, kind, create_time, secret)
VALUES (@id, @user, 'TOTP', @now, @secret)
ON CONFLICT (user_id, (confirm_time IS NULL)) WHERE kind = 'TOTP' DO UPDATE
SET id = excluded.id,
    create_time = excluded.create_time,
    secret = excluded.secret`, Args: pgx.NamedArgs{"id": s.FactorID, "user": user, "now": s.CreateTime, "secret": s.Sealed}})
	return err
}

// LockPendingTotp gives a secret that waits for its first code; pg.ErrNoRows
// where there is none.
func LockPendingTotp(ctx context.Context, tx pg.Tx, user, factor id.ID) (TotpSecret, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "locking an app's new secret", SQL: `
SELECT id, secret, step, create_time
FROM factor
WHERE id = @id
  AND user_id = @user
  AND kind = 'TOTP'
  AND confirm_time IS NULL
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"id": factor, "user": user}}, pgx.RowToStructByPos[TotpSecret])
}

// FindTotp gives the person's app in force; pg.ErrNoRows where there is none.
func FindTotp(ctx context.Context, tx pg.Tx, user id.ID) (TotpSecret, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading an app's secret", SQL: `
SELECT id, secret, step, create_time
FROM factor
WHERE user_id = @user
  AND kind = 'TOTP'
  AND confirm_time IS NOT NULL
LIMIT 1`, Args: pgx.NamedArgs{"user": user}}, pgx.RowToStructByPos[TotpSecret])
}

// ConfirmTotp puts an app in force with its first step.
func ConfirmTotp(ctx context.Context, tx pg.Tx, f domain.Factor, step int64) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "confirming an app", SQL: `
UPDATE factor
SET name = @name, create_time = @now, confirm_time = @now, use_time = @now, step = @step
WHERE id = @id`, Args: pgx.NamedArgs{"id": f.ID, "name": f.Name, "now": f.CreateTime, "step": step}})
	return err
}

// SpendStep marks a step as proven; false when it, or a later one, was before.
func SpendStep(ctx context.Context, tx pg.Tx, factor id.ID, step int64, now time.Time) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "spending a step", SQL: `
UPDATE factor
SET step = @step, use_time = @now
WHERE id = @id
  AND step < @step`, Args: pgx.NamedArgs{"id": factor, "step": step, "now": now}})
	return changed == 1, err
}

func factorFromRow(row pgx.CollectableRow) (domain.Factor, error) {
	var f domain.Factor
	var used *time.Time
	err := row.Scan(&f.ID, &f.Kind, &f.Name, &f.CreateTime, &used)
	f.CreateTime, f.UseTime = f.CreateTime.UTC(), pg.TimeOf(used)
	return f, err
}
