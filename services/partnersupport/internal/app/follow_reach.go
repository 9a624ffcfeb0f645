package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// FollowReach keeps in view which requests reach nobody at the client.
type FollowReach struct{ Deps }

// Reach is the news of one request: lost, or mailed anew, which may arrive.
type Reach struct {
	Answer
	Lost bool
}

// Do notes the newest of what was heard, in whichever order it came.
func (u FollowReach) Do(ctx context.Context, r Reach) error {
	return u.DB.InSystem(ctx, "a request reaches nobody, or was mailed again", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, ConsentConsumer, r.EventID)
		if err != nil || !first {
			return err
		}
		return postgres.NoteReach(ctx, tx, postgres.Reach{PartnerID: r.PartnerID, Assignment: r.Assignment, Lost: r.Lost, Time: r.Time})
	})
}
