// Package worker does what falls due in membership by itself.
package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/membership/internal/app"
)

// endOverEvery is how late the end of a membership by its date is announced.
// Decisions deny from the date itself on.
const endOverEvery = 10 * time.Second

// EndOver writes the ends of memberships whose date is past.
func EndOver(do app.EndOver, log *slog.Logger) lifecycle.Component {
	return lifecycle.Every("memberships that are over", endOverEvery, func(ctx context.Context) {
		if _, err := do.Do(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "ending memberships failed", "error", err)
		}
	})
}
