package app

import (
	"context"
	"time"

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
				if err := u.pause(ctx, tx, c, now); err != nil {
					return err
				}
				n++
				continue
			}
			if err := u.finish(ctx, tx, ending{consent: c, step: step, now: now}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// pause records that an access pauses: it stopped working by itself.
func (u Expire) pause(ctx context.Context, tx pg.Tx, c *domain.Consent, now time.Time) error {
	step, ok := c.Pause(now)
	if !ok {
		return nil
	}
	return u.save(ctx, tx, c, step)
}
