package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
)

// Purge forgets what has been kept long enough.
type Purge struct {
	DB         *pg.DB
	Deliveries postgres.Deliveries
	Clock      clock.Clock
}

// Do forgets bodies past their lifetime and inbox entries past theirs, in
// batches.
func (p Purge) Do(ctx context.Context) error {
	for {
		var bodies, entries int64
		err := p.DB.InSystem(ctx, "forgetting old bodies", func(ctx context.Context, tx pg.Tx) (err error) {
			if bodies, err = p.Deliveries.PurgeBodies(ctx, tx, p.Clock.Now().Add(-domain.BodyLifetime)); err != nil {
				return err
			}
			entries, err = inbox.Purge(ctx, tx)
			return err
		})
		if err != nil || bodies+entries == 0 {
			return err
		}
	}
}
