// Package lifecycletest runs a component under a test, which waits for its end.
package lifecycletest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

// patience bounds how long a component may take to get ready.
const patience = 30 * time.Second

// Run returns once the component is ready. It runs until stop, or the end of
// the test, and must then end well.
func Run(t testing.TB, c lifecycle.Component) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- c.Run(ctx, sync.OnceFunc(func() { close(ready) })) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	select {
	case <-ready:
	case err := <-ended:
		ended <- nil
		require.NoError(t, err, "%s did not start", c.Name)
	case <-time.After(patience):
		require.Fail(t, c.Name+" did not get ready in time")
	}
	return stop
}
