package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Users keeps people and their passwords.
type Users struct{}

// MaxBatch is the largest number of people read at once.
const MaxBatch = 500

// Account is a person with what their password is compared to.
type Account struct {
	User domain.User
	// Hash is empty for a person without a password.
	Hash string
}

// ByKey gives the account of an address's canonical key; pg.ErrNoRows when
// there is none.
func (Users) ByKey(ctx context.Context, tx pg.Tx, key string) (Account, error) {
	var a Account
	err := tx.QueryRow(ctx, `
SELECT u.id, u.email, u.locale, u.create_time, coalesce(c.hash, '')
FROM users u
LEFT JOIN credentials c ON c.user_id = u.id
WHERE u.email_key = @key
LIMIT 1`, pgx.NamedArgs{"key": key},
	).Scan(&a.User.ID, &a.User.Email, &a.User.Locale, &a.User.CreateTime, &a.Hash)
	if err != nil {
		return Account{}, fmt.Errorf("reading an account: %w", err)
	}
	return a, nil
}

// ByIDs gives those who exist, by id; at most MaxBatch.
func (Users) ByIDs(ctx context.Context, tx pg.Tx, ids []id.ID) ([]domain.User, error) {
	rows, err := tx.Query(ctx, `
SELECT id, email, locale, create_time
FROM users
WHERE id = ANY(@ids)
ORDER BY id
LIMIT @max`, pgx.NamedArgs{"ids": ids, "max": MaxBatch})
	if err != nil {
		return nil, fmt.Errorf("reading users: %w", err)
	}
	users, err := pgx.CollectRows(rows, userFromRow)
	if err != nil {
		return nil, fmt.Errorf("reading users: %w", err)
	}
	return users, nil
}

// ByID gives one person; pg.ErrNoRows when there is none.
func (s Users) ByID(ctx context.Context, tx pg.Tx, user id.ID) (domain.User, error) {
	found, err := s.ByIDs(ctx, tx, []id.ID{user})
	if err == nil && len(found) == 0 {
		err = pg.ErrNoRows
	}
	if err != nil {
		return domain.User{}, fmt.Errorf("reading a user: %w", err)
	}
	return found[0], nil
}

// Ensure gives the person of the key and holds their row, so that one writer at
// a time goes on; u is stored when the key is new.
func (Users) Ensure(ctx context.Context, tx pg.Tx, u domain.User, key string) (domain.User, error) {
	_, err := tx.Exec(ctx, `
INSERT INTO users (id, email, email_key, locale, create_time)
VALUES (@id, @email, @key, @locale, @now)
ON CONFLICT (email_key) DO NOTHING`,
		pgx.NamedArgs{"id": u.ID, "email": u.Email, "key": key, "locale": u.Locale, "now": u.CreateTime})
	if err != nil {
		return domain.User{}, fmt.Errorf("storing a user: %w", err)
	}
	rows, err := tx.Query(ctx, `
SELECT id, email, locale, create_time
FROM users
WHERE email_key = @key
LIMIT 1
FOR UPDATE`, pgx.NamedArgs{"key": key})
	if err != nil {
		return domain.User{}, fmt.Errorf("holding a user: %w", err)
	}
	stored, err := pgx.CollectExactlyOneRow(rows, userFromRow)
	if err != nil {
		return domain.User{}, fmt.Errorf("holding a user: %w", err)
	}
	return stored, nil
}

// Hold locks the person's row to the end of the transaction; pg.ErrNoRows when
// there is none.
func (Users) Hold(ctx context.Context, tx pg.Tx, user id.ID) error {
	var held id.ID
	err := tx.QueryRow(ctx, `
SELECT id
FROM users
WHERE id = @id
LIMIT 1
FOR UPDATE`, pgx.NamedArgs{"id": user}).Scan(&held)
	if err != nil {
		return fmt.Errorf("holding a user: %w", err)
	}
	return nil
}

// NextVersion counts one more event of the person.
func (Users) NextVersion(ctx context.Context, tx pg.Tx, user id.ID) (int64, error) {
	var version int64
	err := tx.QueryRow(ctx, `
UPDATE users
SET version = version + 1
WHERE id = @id
RETURNING version`, pgx.NamedArgs{"id": user}).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("counting a user's event: %w", err)
	}
	return version, nil
}

// Password is a hash to store for a person.
type Password struct {
	UserID id.ID
	Hash   string
	Now    time.Time
}

// AddPassword stores a first password; false when the person has one already.
func (Users) AddPassword(ctx context.Context, tx pg.Tx, p Password) (bool, error) {
	tag, err := tx.Exec(ctx, `
INSERT INTO credentials (user_id, hash, create_time, update_time)
VALUES (@user, @hash, @now, @now)
ON CONFLICT (user_id) DO NOTHING`, pgx.NamedArgs{"user": p.UserID, "hash": p.Hash, "now": p.Now})
	if err != nil {
		return false, fmt.Errorf("storing a password: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Rehash replaces a hash by a stronger one of the same password, unless the
// password changed in between.
func (Users) Rehash(ctx context.Context, tx pg.Tx, p Password, old string) error {
	_, err := tx.Exec(ctx, `
UPDATE credentials
SET hash = @hash, update_time = @now
WHERE user_id = @user
  AND hash = @old`, pgx.NamedArgs{"user": p.UserID, "hash": p.Hash, "now": p.Now, "old": old})
	if err != nil {
		return fmt.Errorf("renewing a password's hash: %w", err)
	}
	return nil
}

// Missing tells whether the error says that there is no such row.
func Missing(err error) bool { return errors.Is(err, pg.ErrNoRows) }

func userFromRow(row pgx.CollectableRow) (domain.User, error) {
	var u domain.User
	err := row.Scan(&u.ID, &u.Email, &u.Locale, &u.CreateTime)
	u.CreateTime = u.CreateTime.UTC()
	return u, err
}
