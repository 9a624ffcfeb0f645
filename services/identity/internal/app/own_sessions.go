package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// OwnSessions shows people where they are signed in, and ends it.
type OwnSessions struct {
	DB    *pg.DB
	Clock clock.Clock
}

// List gives the live ones, newest first.
func (u OwnSessions) List(ctx context.Context, user id.ID, s postgres.Slice) ([]domain.Session, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) ([]domain.Session, error) {
		return postgres.ListSessions(ctx, tx, user, u.Clock.Now(), s)
	})
}

// Revoke ends one; REASON_NOT_FOUND for one that is not the person's. One that
// is over already stays so.
func (u OwnSessions) Revoke(ctx context.Context, user, session id.ID) error {
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.LockSession(ctx, tx, session, user)
		if errors.Is(err, pg.ErrNoRows) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		return postgres.EndSession(ctx, tx, session, postgres.End{Reason: domain.Revoked, Now: u.Clock.Now()})
	})
}

// RevokeOthers ends all but one, and gives how many.
func (u OwnSessions) RevokeOthers(ctx context.Context, user, kept id.ID) (int64, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (int64, error) {
		if err := postgres.LockUser(ctx, tx, user); err != nil {
			return 0, err
		}
		return postgres.EndOtherSessions(ctx, tx, user, kept, postgres.End{Reason: domain.Revoked, Now: u.Clock.Now()})
	})
}
