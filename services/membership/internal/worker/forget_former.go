package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/membership/internal/app"
)

const forgetEvery = time.Hour

// ForgetFormer drops names whose term is over.
func ForgetFormer(do app.ForgetFormer, log *slog.Logger) lifecycle.Component {
	return lifecycle.Every("names past their term", forgetEvery, func(ctx context.Context) {
		if err := do.Do(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "forgetting names failed", "error", err)
		}
	})
}
