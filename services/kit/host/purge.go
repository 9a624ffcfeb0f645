package host

import (
	"context"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// purgeEvery is how often rows past their time are looked for. Several
// processes may do it at once.
const purgeEvery = 10 * time.Minute

// purge forgets published events, applied ones and stored answers once their
// time is over.
func (h *Host) purge() lifecycle.Component {
	return lifecycle.Every("purge", purgeEvery, func(ctx context.Context) {
		if err := h.purgeOnce(ctx); err != nil {
			h.Log.Warn("old rows stay for now", slog.Any("error", err))
		}
	})
}

// purgeOnce goes on, batch by batch, until nothing old is left.
func (h *Host) purgeOnce(ctx context.Context) (err error) {
	for _, forget := range []pg.Work[int64]{outbox.Purge, inbox.Purge, idempotency.Purge} {
		for gone := int64(1); gone > 0; {
			if gone, err = pg.InSystem(ctx, h.DB, "forgetting old rows", forget); err != nil {
				return err
			}
		}
	}
	return nil
}
