package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/pg"
)

// keepLinks is how long an ended link still says that it expired.
const keepLinks = 30 * 24 * time.Hour

// keepNumbers is how long numbers, and tries with them, are counted.
const keepNumbers = 2 * domain.CallsWithin

// Purge removes links, codes, numbers and devices that ended long ago. Nothing of the history is among
// them.
type Purge struct{ Deps }

// Do goes on, batch by batch, until nothing old is left.
func (u Purge) Do(ctx context.Context) error {
	for gone := int64(1); gone > 0; {
		err := u.DB.InSystem(ctx, "purging links past their retention", func(ctx context.Context, tx pg.Tx) (err error) {
			before := u.Clock.Now().Add(-keepLinks)
			if gone, err = u.links.Purge(ctx, tx, before); err != nil {
				return err
			}
			codes, err := u.codes.Purge(ctx, tx, before)
			if err != nil {
				return err
			}
			numbers, err := u.numbers.Purge(ctx, tx, u.Clock.Now().Add(-keepNumbers))
			gone += codes + numbers
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
