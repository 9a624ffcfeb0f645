package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
)

// resumeEvery is how soon another process goes on with an end whose driver is
// gone. It is no job: after a crash the queue waits for a new leader first.
const resumeEvery = time.Second

// Ends is the component that goes on with ends that nobody finished.
func Ends(do app.ResumeEnds, log *slog.Logger) lifecycle.Component {
	return lifecycle.Every("ends that nobody finished", resumeEvery, func(ctx context.Context) {
		if err := do.Do(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "an end could not be resumed", "error", err)
		}
	})
}
