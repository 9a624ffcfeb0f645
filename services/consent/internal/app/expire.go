package app

import (
	"context"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/pg"
)

// maxSweeps bounds one run; the next one goes on.
const maxSweeps = 20

// Expire records what time has done already. Every answer compares with the
// clock itself: nothing depends on when this runs but the events.
type Expire struct{ Deps }

// Do gives how many it recorded.
func (u Expire) Do(ctx context.Context) (int, error) {
	total := 0
	for range maxSweeps {
		n, err := u.batch(ctx)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, nil
}

func (u Expire) batch(ctx context.Context) (int, error) {
	n := 0
	err := u.DB.InSystem(ctx, "recording expiries", func(ctx context.Context, tx pg.Tx) error {
		now := u.Clock.Now()
		due, err := u.consents.LockDue(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, r := range due {
			c := domain.Restore(r)
			step, ok := c.Lapse(now)
			if !ok {
				continue
			}
			if err := u.finish(ctx, tx, ending{c, step, now}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
