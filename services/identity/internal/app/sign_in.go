package app

import (
	"context"
	"errors"
	"log/slog"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
)

// SignIn opens an intermediate session for an address and its password.
type SignIn struct {
	DB     *pg.DB
	Clock  clock.Clock
	Hasher *credential.Hasher
	Log    *slog.Logger
}

// Do answers REASON_CREDENTIALS_REFUSED alike, and as late, for an unknown or
// malformed address, a person without a password and a wrong password.
func (u SignIn) Do(ctx context.Context, address, password string) (Opened, error) {
	account, err := u.account(ctx, address)
	if err != nil {
		return Opened{}, err
	}
	result, err := u.Hasher.Verify(ctx, account.Hash, password)
	if err != nil {
		return Opened{}, err
	}
	if !result.Match {
		return Opened{}, fault.New(reasonv1.Reason_REASON_CREDENTIALS_REFUSED)
	}
	if result.Stale {
		u.rehash(ctx, account, password)
	}
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		return open(ctx, tx, account.User.ID, u.Clock.Now())
	})
}

// account is empty where there is none.
func (u SignIn) account(ctx context.Context, address string) (postgres.Account, error) {
	// A malformed address has the empty key, which nobody has.
	parsed, _ := email.Parse(address)
	account, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (postgres.Account, error) {
		return postgres.FindAccount(ctx, tx, parsed.Key())
	})
	if errors.Is(err, pg.ErrNoRows) {
		return postgres.Account{}, nil
	}
	return account, err
}

// rehash is for the next sign-in; that it failed must not refuse this one.
func (u SignIn) rehash(ctx context.Context, account postgres.Account, password string) {
	hash, err := u.Hasher.Hash(ctx, password)
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
