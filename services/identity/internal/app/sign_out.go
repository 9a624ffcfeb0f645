package app

import (
	"context"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// SignOut ends a person's own session; one that is over already stays so.
type SignOut struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Do ends it.
func (u SignOut) Do(ctx context.Context, session id.ID) error {
	end := postgres.End{Reason: domain.SignedOut, Now: u.Clock.Now()}
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		return postgres.EndSession(ctx, tx, session, end)
	})
}
