package lifecycle_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// diary keeps the order of what happened.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) component(name string) lifecycle.Component {
	return lifecycle.Component{Name: name, Run: func(ctx context.Context, ready func()) error {
		d.note("+" + name)
		ready()
		<-ctx.Done()
		d.note("-" + name)
		return ctx.Err()
	}}
}

// ending is a last component that ends the process once all is up.
func ending(cancel func()) lifecycle.Component {
	return lifecycle.Component{Name: "ending", Run: func(context.Context, func()) error {
		cancel()
		return nil
	}}
}

func TestStartsInOrderAndStopsInReverse(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var d diary
	err := lifecycle.Run(ctx, time.Minute, d.component("a"), d.component("b"), d.component("c"), ending(cancel))
	require.NoError(t, err)
	require.Equal(t, []string{"+a", "+b", "+c", "-c", "-b", "-a"}, d.lines)
}

func TestFirstErrorStopsAll(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	var d diary
	err := lifecycle.Run(t.Context(), time.Minute, d.component("a"), lifecycle.Component{
		Name: "bad",
		Run: func(_ context.Context, ready func()) error {
			ready()
			return boom
		},
	})
	require.ErrorIs(t, err, boom)
	require.EqualError(t, err, "running bad: boom")
	require.Equal(t, []string{"+a", "-a"}, d.lines)
}

func TestNothingStartsAfterAFailedStart(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	var d diary
	err := lifecycle.Run(t.Context(), time.Minute, lifecycle.Component{
		Name: "bad",
		Run:  func(context.Context, func()) error { return boom },
	}, d.component("never"))
	require.ErrorIs(t, err, boom)
	require.Empty(t, d.lines)
}

func TestEndsWhenAllWorkIsDone(t *testing.T) {
	t.Parallel()
	done := lifecycle.Component{Name: "job", Run: func(context.Context, func()) error { return nil }}
	require.NoError(t, lifecycle.Run(t.Context(), time.Minute, done, done))
}

func TestAComponentThatHangsIsNamed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	gone := make(chan struct{})
	var d diary
	err := lifecycle.Run(ctx, 2*time.Second, d.component("a"), lifecycle.Component{
		Name: "deaf",
		Run: func(_ context.Context, ready func()) error {
			defer close(gone)
			ready()
			<-release
			return nil
		},
	}, ending(cancel))
	require.ErrorContains(t, err, "stopping deaf")
	require.Equal(t, []string{"+a", "-a"}, d.lines, "the others still stop")
	close(release)
	<-gone
}

func TestStoppingGivesTheShareOfTheDeadline(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	begin := time.Now()
	var left time.Time
	err := lifecycle.Run(ctx, time.Hour, lifecycle.Component{
		Name: "server",
		Run: func(ctx context.Context, ready func()) error {
			ready()
			<-ctx.Done()
			stopping, done := lifecycle.Stopping(ctx)
			defer done()
			left, _ = stopping.Deadline()
			return stopping.Err()
		},
	}, ending(cancel))
	require.NoError(t, err)
	require.WithinDuration(t, begin.Add(time.Hour), left, time.Minute)
}

func TestAFailureWhileStoppingIsReported(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	boom := errors.New("boom")
	err := lifecycle.Run(ctx, time.Minute, lifecycle.Component{
		Name: "messy",
		Run: func(ctx context.Context, ready func()) error {
			ready()
			<-ctx.Done()
			return boom
		},
	}, ending(cancel))
	require.ErrorIs(t, err, boom)
}
