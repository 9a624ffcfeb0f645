package app

import (
	"context"
	"errors"

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

// Do ends them in a transaction of its own.
func (u EndSessions) Do(ctx context.Context, user id.ID, organizations []id.ID) (int64, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (int64, error) {
		return u.In(ctx, tx, user, organizations)
	})
}

// In gives how many live sessions ended by this call; organizations limits it
// to sessions there, and none means all. A person nobody knows has none.
func (u EndSessions) In(ctx context.Context, tx pg.Tx, user id.ID, organizations []id.ID) (int64, error) {
	err := postgres.LockUser(ctx, tx, user)
	if errors.Is(err, pg.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	end := postgres.End{Reason: domain.EndedByService, Now: u.Clock.Now()}
	ended, err := postgres.EndSessions(ctx, tx, user, organizations, end)
	if err != nil || ended == 0 {
		return 0, err
	}
	return ended, tell(ctx, tx, user, &identityv1.UserSessionsEnded{UserId: user.Text("usr"), Ended: int32(ended)})
}
