package app

import (
	"context"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// EndSessions ends a person's sessions because they left somewhere (R34, R113).
type EndSessions struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Do gives how many live sessions ended by this call; organizations limits it
// to sessions there, and none means all. A person nobody knows has none.
func (u EndSessions) Do(ctx context.Context, user id.ID, organizations []id.ID) (int64, error) {
	var ended int64
	err := u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		ended, err = u.end(ctx, tx, user, organizations)
		return err
	})
	return ended, err
}

func (u EndSessions) end(ctx context.Context, tx pg.Tx, user id.ID, organizations []id.ID) (int64, error) {
	err := postgres.Users{}.Hold(ctx, tx, user)
	if postgres.Missing(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	end := postgres.End{Reason: domain.EndedByService, Now: u.Clock.Now()}
	ended, err := postgres.Sessions{}.EndOf(ctx, tx, user, organizations, end)
	if err != nil || ended == 0 {
		return 0, err
	}
	return ended, tell(ctx, tx, user, &identityv1.UserSessionsEnded{UserId: user.Text("usr"), Ended: int32(ended)})
}

// SignOut ends a person's own session; one that is over already stays so.
type SignOut struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Do ends it.
func (u SignOut) Do(ctx context.Context, session id.ID) error {
	end := postgres.End{Reason: domain.SignedOut, Now: u.Clock.Now()}
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		return postgres.Sessions{}.End(ctx, tx, session, end)
	})
}
