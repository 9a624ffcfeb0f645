// Package worker holds what identity does by itself, on time.
package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

// reloadEvery leaves room within the minute in which a withdrawn key must stop
// to count.
const reloadEvery = 15 * time.Second

// ReloadKeys reads the signing keys again and again, so that they rotate
// without a restart.
func ReloadKeys(reload func() error, log *slog.Logger) lifecycle.Component {
	return lifecycle.Every("signing keys", reloadEvery, func(ctx context.Context) {
		if err := reload(); err != nil {
			log.ErrorContext(ctx, "reading signing keys failed, the last ones stay in use", slog.Any("error", err))
		}
	})
}
