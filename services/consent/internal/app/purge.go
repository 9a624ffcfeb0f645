package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// keepLinks is how long an ended link still says that it expired.
const keepLinks = 30 * 24 * time.Hour

// Purge removes what only served a time: published events, inbox entries,
// stored answers and ended links. Nothing of the history is among it.
type Purge struct{ Deps }

// Do goes on, batch by batch, until nothing old is left.
func (u Purge) Do(ctx context.Context) error {
	links := func(ctx context.Context, tx pg.Tx) (int64, error) {
		return u.links.Purge(ctx, tx, u.Clock.Now().Add(-keepLinks))
	}
	for _, purge := range []func(context.Context, pg.Tx) (int64, error){outbox.Purge, inbox.Purge, idempotency.Purge, links} {
		for gone := int64(1); gone > 0; {
			err := u.DB.InSystem(ctx, "purging what is past its retention", func(ctx context.Context, tx pg.Tx) (err error) {
				gone, err = purge(ctx, tx)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
