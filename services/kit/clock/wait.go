package clock

import (
	"context"
	"time"
)

// Wait lets a time pass, or less where ctx ends before; it tells whether all of
// it has.
func Wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
