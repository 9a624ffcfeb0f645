package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/pg"
)

const (
	sweepEvery = time.Hour
	// keepOver is how long ended sessions and spent codes can still be looked
	// into.
	keepOver = 30 * 24 * time.Hour
	// keepTyped is how long it is kept what somebody typed who may be nobody:
	// tries, and requests for a new password.
	keepTyped = 25 * time.Hour
)

// Sweep removes what was over long ago: sessions, codes, tries, requests.
type Sweep struct {
	DB    *pg.DB
	Clock clock.Clock
	Log   *slog.Logger
}

// Component runs the sweep every hour.
func (s Sweep) Component() lifecycle.Component {
	return lifecycle.Every("sweep", sweepEvery, func(ctx context.Context) {
		if err := s.Once(ctx); err != nil {
			s.Log.WarnContext(ctx, "sweeping failed", slog.Any("error", err))
		}
	})
}

// Once goes on, batch by batch, until nothing old is left.
func (s Sweep) Once(ctx context.Context) error {
	for _, old := range []struct {
		purge func(context.Context, pg.Tx, time.Time) (int64, error)
		keep  time.Duration
	}{
		{postgres.PurgeSessions, keepOver},
		{postgres.PurgeCodes, keepOver},
		{postgres.PurgeAttempts, keepTyped},
		{postgres.PurgeChallenges, keepTyped},
		{postgres.PurgeResetRequests, keepTyped},
	} {
		before := s.Clock.Now().Add(-old.keep)
		for gone := int64(1); gone > 0; {
			var err error
			gone, err = pg.InSystem(ctx, s.DB, "sweeping old sessions and codes", func(ctx context.Context, tx pg.Tx) (int64, error) {
				return old.purge(ctx, tx, before)
			})
			if err != nil {
				return fmt.Errorf("sweeping: %w", err)
			}
		}
	}
	return nil
}
