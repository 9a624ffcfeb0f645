package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// CheckSession tells what a running visit stands for, before each of its
// tokens.
type CheckSession struct{ Deps }

// Do checks the visit's limits, its product and its assignment, then its grant
// with membership, and marks it as used. A visit of another product is over
// too: nothing tells that it exists.
func (u CheckSession) Do(ctx context.Context, session id.ID, spiffe string) (postgres.SessionDetails, error) {
	d, err := u.read(ctx, session)
	if err != nil {
		return d, err
	}
	if d.SpiffeID != spiffe || d.AssignmentState != domain.Active || !d.Running(u.Clock.Now()) {
		return d, domain.SessionOver
	}
	alive, err := u.Membership.Alive(ctx, d.SupportSession)
	if err != nil {
		return d, err
	}
	if !alive {
		return d, domain.SessionOver
	}
	return d, u.use(ctx, d.SupportSession)
}

func (u CheckSession) read(ctx context.Context, session id.ID) (d postgres.SessionDetails, err error) {
	err = u.DB.InSystem(ctx, "checking a support session", func(ctx context.Context, tx pg.Tx) error {
		d, err = postgres.Session(ctx, tx, session)
		return err
	})
	if errors.Is(err, domain.NotFound) {
		return d, domain.SessionOver
	}
	return d, err
}

func (u CheckSession) use(ctx context.Context, s domain.SupportSession) error {
	return u.DB.InSystem(ctx, "using a support session", func(ctx context.Context, tx pg.Tx) error {
		running, err := postgres.UseSession(ctx, tx, s, u.Clock.Now())
		if err == nil && !running {
			return domain.SessionOver
		}
		return err
	})
}
