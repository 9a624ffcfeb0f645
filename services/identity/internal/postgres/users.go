package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// MaxBatch is the largest number of people read at once.
const MaxBatch = 500

// Account is a person with what their password is compared to.
type Account struct {
	User domain.User
	// Hash is empty for a person without a password.
	Hash string
}

// FindAccount gives the account of an address's canonical key; pg.ErrNoRows
// when there is none.
func FindAccount(ctx context.Context, tx pg.Tx, key string) (Account, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading an account", SQL: `
SELECT u.id, u.email, u.locale, u.create_time, coalesce(c.hash, '')
FROM users u
LEFT JOIN credentials c ON c.user_id = u.id
WHERE u.email_key = @key
LIMIT 1`, Args: pgx.NamedArgs{"key": key}}, accountFromRow)
}

// ListUsers gives those who exist, by id; at most MaxBatch.
func ListUsers(ctx context.Context, tx pg.Tx, ids []id.ID) ([]domain.User, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading users", SQL: `
SELECT id, email, locale, create_time
FROM users
WHERE id = ANY(@ids)
ORDER BY id
LIMIT @max`, Args: pgx.NamedArgs{"ids": ids, "max": MaxBatch}}, userFromRow)
}

// FindUser gives one person; pg.ErrNoRows when there is none.
func FindUser(ctx context.Context, tx pg.Tx, user id.ID) (domain.User, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a user", SQL: `
SELECT id, email, locale, create_time
FROM users
WHERE id = @id
LIMIT 1`, Args: pgx.NamedArgs{"id": user}}, userFromRow)
}

// EnsureUser gives the person of the key and locks their row, so that one writer
// at a time goes on; u is stored when the key is new.
func EnsureUser(ctx context.Context, tx pg.Tx, u domain.User, key string) (domain.User, error) {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a user", SQL: `
INSERT INTO users (id, email, email_key, locale, create_time)
VALUES (@id, @email, @key, @locale, @now)
ON CONFLICT (email_key) DO NOTHING`, Args: pgx.NamedArgs{
		"id": u.ID, "email": u.Email, "key": key, "locale": u.Locale, "now": u.CreateTime,
	}})
	if err != nil {
		return domain.User{}, err
	}
	return pg.One(ctx, tx, pg.Statement{Doing: "locking a user", SQL: `
SELECT id, email, locale, create_time
FROM users
WHERE email_key = @key
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"key": key}}, userFromRow)
}

// LockUser locks the person's row to the end of the transaction; pg.ErrNoRows
// when there is none.
func LockUser(ctx context.Context, tx pg.Tx, user id.ID) error {
	_, err := pg.One(ctx, tx, pg.Statement{Doing: "locking a user", SQL: `
SELECT id
FROM users
WHERE id = @id
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"id": user}}, pgx.RowTo[id.ID])
	return err
}

// NextUserVersion counts one more event of the person.
func NextUserVersion(ctx context.Context, tx pg.Tx, user id.ID) (int64, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "counting a user's event", SQL: `
UPDATE users
SET version = version + 1
WHERE id = @id
RETURNING version`, Args: pgx.NamedArgs{"id": user}}, pgx.RowTo[int64])
}

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
ON CONFLICT (user_id) DO NOTHING`, Args: pgx.NamedArgs{"user": p.UserID, "hash": p.Hash, "now": p.Now}})
	return changed == 1, err
}

// RenewPassword replaces a hash by a stronger one of the same password, unless
// the password changed in between.
func RenewPassword(ctx context.Context, tx pg.Tx, p Password, old string) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "renewing a password's hash", SQL: `
UPDATE credentials
SET hash = @hash, update_time = @now
WHERE user_id = @user
  AND hash = @old`, Args: pgx.NamedArgs{"user": p.UserID, "hash": p.Hash, "now": p.Now, "old": old}})
	return err
}

func userFromRow(row pgx.CollectableRow) (domain.User, error) {
	var u domain.User
	err := row.Scan(userFields(&u)...)
	u.CreateTime = u.CreateTime.UTC()
	return u, err
}

func accountFromRow(row pgx.CollectableRow) (Account, error) {
	var a Account
	err := row.Scan(append(userFields(&a.User), &a.Hash)...)
	a.User.CreateTime = a.User.CreateTime.UTC()
	return a, err
}

// userFields are where the columns go, in their order.
func userFields(u *domain.User) []any { return []any{&u.ID, &u.Email, &u.Locale, &u.CreateTime} }
