package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/email"
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
	// Version rises with every password; 0 before the first.
	Version int64
}

const accountColumns = `u.id, u.email, u.locale, u.create_time, coalesce(c.hash, ''), coalesce(c.version, 0)`

// FindAccount gives the account of an address's canonical key; pg.ErrNoRows
// when there is none.
func FindAccount(ctx context.Context, tx pg.Tx, key string) (Account, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading an account", SQL: `
SELECT ` + accountColumns + `
FROM users u
LEFT JOIN credentials c ON c.user_id = u.id
WHERE u.email_key = @key
LIMIT 1`, Args: pgx.NamedArgs{"key": key}}, accountFromRow)
}

// FindOwnAccount gives a person's account by their id; pg.ErrNoRows when there
// is none, or they asked to be forgotten.
func FindOwnAccount(ctx context.Context, tx pg.Tx, user id.ID) (Account, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading an account", SQL: `
SELECT ` + accountColumns + `
FROM users u
LEFT JOIN credentials c ON c.user_id = u.id
WHERE u.id = @id
  AND u.erase_request_time IS NULL
LIMIT 1`, Args: pgx.NamedArgs{"id": user}}, accountFromRow)
}

// ListUsers gives those who exist and are not forgotten, by id; at most
// MaxBatch.
func ListUsers(ctx context.Context, tx pg.Tx, ids []id.ID) ([]domain.User, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading users", SQL: `
SELECT id, email, locale, create_time
FROM users
WHERE id = ANY(@ids)
  AND erase_time IS NULL
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

// ErrTaken says that the address is another person's.
var ErrTaken = errors.New("the address is taken")

// ChangeEmail moves a person to another address; ErrTaken when somebody has it.
func ChangeEmail(ctx context.Context, tx pg.Tx, user id.ID, a email.Address) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "changing an address", SQL: `
UPDATE users
SET email = @email, email_key = @key
WHERE id = @id`, Args: pgx.NamedArgs{"id": user, "email": a.Stored(), "key": a.Key()}})
	if pg.IsUnique(err, "users_email_key_unique") {
		return ErrTaken
	}
	return err
}

// ChangeLocale stores the language that a person wants.
func ChangeLocale(ctx context.Context, tx pg.Tx, user id.ID, locale string) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "changing a language", SQL: `
UPDATE users
SET locale = @locale
WHERE id = @id`, Args: pgx.NamedArgs{"id": user, "locale": locale}})
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
	err := row.Scan(append(userFields(&a.User), &a.Hash, &a.Version)...)
	a.User.CreateTime = a.User.CreateTime.UTC()
	return a, err
}

// userFields are where the columns go, in their order.
func userFields(u *domain.User) []any { return []any{&u.ID, &u.Email, &u.Locale, &u.CreateTime} }
