package lifecycle

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// defaultShare is the time to stop for code that runs under no lifecycle, such
// as a component that a test calls by itself.
const defaultShare = 5 * time.Second

type deadlineKey struct{}

// newStoppable gives a context that keeps the values of parent and ends only
// with stop, which also says until when shutting down may last.
func newStoppable(parent context.Context) (context.Context, func(deadline time.Time)) {
	until := &atomic.Pointer[time.Time]{}
	ctx := context.WithValue(context.WithoutCancel(parent), deadlineKey{}, until)
	ctx, cancel := context.WithCancel(ctx)
	return ctx, func(deadline time.Time) {
		until.Store(&deadline)
		cancel()
	}
}

// Stopping gives the context for a component's work after its own has ended:
// the same values, with the component's share of the deadline.
func Stopping(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline := time.Now().Add(defaultShare)
	if until, ok := ctx.Value(deadlineKey{}).(*atomic.Pointer[time.Time]); ok {
		if set := until.Load(); set != nil {
			deadline = *set
		}
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// onceClose lets a component call ready more than once.
func onceClose(ch chan struct{}) func() {
	return sync.OnceFunc(func() { close(ch) })
}
