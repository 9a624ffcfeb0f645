package app

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/pg"
)

// SignIn opens an intermediate session for an address and its password.
type SignIn struct {
	DB    *pg.DB
	Clock clock.Clock
	Check CheckPassword
	Log   *slog.Logger
}

// Credentials are what was typed, and where.
type Credentials struct {
	Address, Password string
	Origin            domain.Origin
}

// Do answers REASON_CREDENTIALS_REFUSED alike, and as late, for an unknown or
// malformed address, a person without a password and a wrong password; and
// REASON_TOO_MANY_ATTEMPTS alike for all of them.
func (u SignIn) Do(ctx context.Context, in Credentials) (Opened, error) {
	key := keyOf(in.Address)
	account, err := findAccount(ctx, u.DB, key)
	if err != nil {
		return Opened{}, err
	}
	proven, err := u.Check.Do(ctx, Try{Key: key, Account: account, Password: in.Password, Origin: in.Origin})
	if err != nil {
		return Opened{}, err
	}
	if proven.Stale {
		u.rehash(ctx, account, in.Password)
	}
	opened, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		opened, err := open(ctx, tx, domain.SignedIn{UserID: account.User.ID, Origin: in.Origin, Now: u.Clock.Now()})
		if err != nil || len(opened.Session.FactorsDue) > 0 {
			return opened, err
		}
		return opened, u.Check.Forgive(ctx, tx, proven)
	})
	if err != nil || len(opened.Session.FactorsDue) > 0 {
		return opened, err // half a proof forgives nothing, and makes no browser known
	}
	opened.DeviceToken, err = u.Check.Known(account.User.ID, proven)
	return opened, err
}

// keyOf is the canonical key of what was typed; of what is no address, the text
// itself, which nobody has.
func keyOf(typed string) string {
	address, err := email.Parse(typed)
	if err != nil {
		return typed
	}
	return address.Key()
}

// findAccount is empty where there is none.
func findAccount(ctx context.Context, db *pg.DB, key string) (postgres.Account, error) {
	account, err := pg.InApp(ctx, db, func(ctx context.Context, tx pg.Tx) (postgres.Account, error) {
		return postgres.FindAccount(ctx, tx, key)
	})
	if errors.Is(err, pg.ErrNoRows) {
		return postgres.Account{}, nil
	}
	return account, err
}

// rehash is for the next sign-in; that it failed must not refuse this one.
func (u SignIn) rehash(ctx context.Context, account postgres.Account, password string) {
	hash, err := u.Check.Hasher.Hash(ctx, password)
	if err == nil {
		renewed := postgres.Password{UserID: account.User.ID, Hash: hash, Now: u.Clock.Now()}
		err = u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
			return postgres.RenewPassword(ctx, tx, renewed, account.Hash)
		})
	}
	if err != nil {
		u.Log.WarnContext(ctx, "renewing a password hash failed", slog.Any("error", err))
	}
}
