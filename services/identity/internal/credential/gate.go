package credential

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	parallel = 2
	queue    = 40
	comeBack = 2 * time.Second
)

// gate lets a few hash at a time and a bounded number wait, so that a flood of
// passwords takes neither all memory nor all time.
type gate struct {
	slots   chan struct{}
	waiting atomic.Int64
}

func newGate() *gate { return &gate{slots: make(chan struct{}, parallel)} }

// enter waits for a slot; REASON_OVERLOADED when too many wait already. Whoever
// got in calls leave.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.slots <- struct{}{}:
		return nil
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > queue {
		return fault.New(reasonv1.Reason_REASON_OVERLOADED, fault.RetryAfter(comeBack))
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting to hash: %w", ctx.Err())
	}
}

func (g *gate) leave() { <-g.slots }
