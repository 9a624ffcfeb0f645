package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Passkey is a passkey as it is stored.
type Passkey struct {
	FactorID             id.ID
	CredentialID, Stored []byte
}

// EnsureHandle gives the random name under which passkeys know a person; the
// given one where they have none yet.
func EnsureHandle(ctx context.Context, tx pg.Tx, user id.ID, fresh []byte) ([]byte, error) {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a handle", SQL: `
INSERT INTO passkey_handle (user_id, handle)
VALUES (@user, @handle)
ON CONFLICT (user_id) DO NOTHING`, Args: pgx.NamedArgs{"user": user, "handle": fresh}})
	if err != nil {
		return nil, err
	}
	return FindHandle(ctx, tx, user)
}

// FindHandle gives a person's handle; pg.ErrNoRows where they have none.
func FindHandle(ctx context.Context, tx pg.Tx, user id.ID) ([]byte, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a handle", SQL: `
SELECT handle
FROM passkey_handle
WHERE user_id = @user
LIMIT 1`, Args: pgx.NamedArgs{"user": user}}, pgx.RowTo[[]byte])
}

// FindUserByHandle gives whose handle it is; pg.ErrNoRows for nobody's.
func FindUserByHandle(ctx context.Context, tx pg.Tx, handle []byte) (id.ID, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading whose handle it is", SQL: `
SELECT user_id
FROM passkey_handle
WHERE handle = @handle
LIMIT 1`, Args: pgx.NamedArgs{"handle": handle}}, pgx.RowTo[id.ID])
}

// ListPasskeys gives all passkeys of a person.
func ListPasskeys(ctx context.Context, tx pg.Tx, user id.ID) ([]Passkey, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading passkeys", SQL: `
SELECT id, credential_id, credential
FROM factor
WHERE user_id = @user
  AND kind = 'PASSKEY'
ORDER BY id
LIMIT @max`, Args: pgx.NamedArgs{"user": user, "max": domain.MaxPasskeys}}, pgx.RowToStructByPos[Passkey])
}

// InsertPasskey stores a new one; pg.IsUnique "factor_credential_unique" where
// it is stored already.
func InsertPasskey(ctx context.Context, tx pg.Tx, user id.ID, f domain.Factor, p Passkey) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a passkey", SQL: `
INSERT INTO factor (id, user_id, kind, name, create_time, confirm_time, use_time, credential_id, credential)
VALUES (@id, @user, 'PASSKEY', @name, @now, @now, @now, @credential_id, @credential)`, Args: pgx.NamedArgs{
		"id": f.ID, "user": user, "name": f.Name, "now": f.CreateTime, "credential_id": p.CredentialID, "credential": p.Stored,
	}})
	return err
}

// UsePasskey stores what changed by its use: the sign count, above all.
func UsePasskey(ctx context.Context, tx pg.Tx, credentialID, stored []byte, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a passkey's use", SQL: `
UPDATE factor
SET credential = @credential, use_time = @now
WHERE credential_id = @id`, Args: pgx.NamedArgs{"id": credentialID, "credential": stored, "now": now}})
	return err
}

// Challenge is a question that a passkey answers once.
type Challenge struct {
	ID      id.ID
	Purpose string
	// UserID is zero where anybody may answer.
	UserID     id.ID
	State      []byte
	ExpireTime time.Time
}

// What challenges are for.
const (
	ToEnrol  = "ENROL"
	ToVerify = "VERIFY"
	ToSignIn = "SIGN_IN"
)

// InsertChallenge keeps a question until it is answered.
func InsertChallenge(ctx context.Context, tx pg.Tx, c Challenge) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "keeping a challenge", SQL: `
INSERT INTO passkey_challenge (id, purpose, user_id, state, expire_time)
VALUES (@id, @purpose, @user, @state, @expire)`, Args: pgx.NamedArgs{
		"id": c.ID, "purpose": c.Purpose, "user": c.UserID, "state": c.State, "expire": c.ExpireTime,
	}})
	return err
}

// TakeChallenge gives a question's state and removes it: whoever else brings an
// answer finds none. pg.ErrNoRows for one that is unknown, answered, too old,
// of another purpose or another person's.
func TakeChallenge(ctx context.Context, tx pg.Tx, c Challenge, now time.Time) ([]byte, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "taking a challenge", SQL: `
DELETE FROM passkey_challenge
WHERE id = @id
  AND purpose = @purpose
  AND user_id IS NOT DISTINCT FROM @user
  AND expire_time > @now
RETURNING state`, Args: pgx.NamedArgs{
		"id": c.ID, "purpose": c.Purpose, "user": c.UserID, "now": now,
	}}, pgx.RowTo[[]byte])
}

// PurgeChallenges removes a batch of those that were too old at the given
// moment.
func PurgeChallenges(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "removing old challenges", SQL: `
DELETE FROM passkey_challenge
WHERE id IN (
  SELECT id
  FROM passkey_challenge
  WHERE expire_time < @before
  ORDER BY expire_time, id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}
