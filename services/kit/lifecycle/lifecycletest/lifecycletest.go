// Package lifecycletest runs components for the time of a test.
package lifecycletest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

// stopTimeout is what the components share when they stop.
const stopTimeout = time.Minute

// Run returns once the components are ready. They stop with the test, or when
// stop is called.
func Run(t testing.TB, components ...lifecycle.Component) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, done := make(chan struct{}), make(chan error, 1)
	all := append(components, lifecycle.Announce(func() { close(ready) }))
	go func() { done <- lifecycle.Run(ctx, stopTimeout, all...) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-done)
	})
	select {
	case <-ready:
		t.Cleanup(stop)
	case err := <-done:
		require.NoError(t, err)
		t.Fatal("the components ended before they were ready")
	}
	return stop
}
