package app

import (
	"context"

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
	// DeviceToken makes the browser known; empty where it was not asked who is
	// there.
	DeviceToken string
}

// open begins an intermediate session. It locks the person's row, so that of
// many sign-ins at once none is overlooked in the count.
func open(ctx context.Context, tx pg.Tx, in domain.SignedIn) (Opened, error) {
	if err := postgres.LockUser(ctx, tx, in.UserID); err != nil {
		return Opened{}, err
	}
	in.SessionID = id.New()
	if err := postgres.CrowdOut(ctx, tx, in.UserID, domain.MaxParallel-1, in.Now); err != nil {
		return Opened{}, err
	}
	opened, err := store(ctx, tx, domain.OpenSession(in))
	if err != nil {
		return Opened{}, err
	}
	opened.Session, err = owing(ctx, tx, opened.Session)
	return opened, err
}

func store(ctx context.Context, tx pg.Tx, s domain.Session) (Opened, error) {
	secret := token.New(token.Session)
	if err := postgres.InsertSession(ctx, tx, s, secret.Hash()); err != nil {
		return Opened{}, err
	}
	return Opened{Token: secret, Session: s}, nil
}
