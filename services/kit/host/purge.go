package host

import (
	"context"
	"fmt"
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
func (h *Host) purgeOnce(ctx context.Context) error {
	for name, forget := range map[string]func(context.Context, pg.Tx) (int64, error){
		"outbox": outbox.Purge, "inbox": inbox.Purge, "idempotency": idempotency.Purge,
	} {
		for gone := int64(1); gone > 0; {
			err := h.DB.InSystem(ctx, "forgetting old rows", func(ctx context.Context, tx pg.Tx) (err error) {
				gone, err = forget(ctx, tx)
				return err
			})
			if err != nil {
				return fmt.Errorf("purging the %s: %w", name, err)
			}
		}
	}
	return nil
}
