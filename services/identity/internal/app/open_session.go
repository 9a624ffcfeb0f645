package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// Opened is a session that has just begun, with the only sight of its token.
type Opened struct {
	Token   token.Token
	Session domain.Session
}

// open begins an intermediate session. It locks the person's row, so that of
// many sign-ins at once none is overlooked in the count.
func open(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) (Opened, error) {
	if err := postgres.LockUser(ctx, tx, user); err != nil {
		return Opened{}, err
	}
	s := domain.OpenSession(domain.SignedIn{SessionID: id.New(), UserID: user, Now: now})
	if err := postgres.CrowdOut(ctx, tx, user, domain.MaxParallel-1, now); err != nil {
		return Opened{}, err
	}
	return store(ctx, tx, s)
}

func store(ctx context.Context, tx pg.Tx, s domain.Session) (Opened, error) {
	secret := token.New(token.Session)
	if err := postgres.InsertSession(ctx, tx, s, secret.Hash()); err != nil {
		return Opened{}, err
	}
	return Opened{Token: secret, Session: s}, nil
}
