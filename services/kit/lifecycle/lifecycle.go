// Package lifecycle starts the parts of a process in order and stops them in
// reverse, all within one deadline. It knows nothing of signals: main gives it
// a context that ends with them.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Component is one part of a process.
type Component struct {
	Name string
	// Run works until its context ends, calls ready once others may rely on it,
	// and returns when nothing of it runs any more. Returning nil early means
	// that its work is done; returning an error stops the whole process. Work
	// after the context's end takes its deadline from Stopping.
	Run func(ctx context.Context, ready func()) error
}

// Run starts the components one after the other, each once the one before is
// ready, and waits until ctx ends, a component fails, or all are done. Then it
// stops them in reverse, each with an equal share of what is left of timeout.
// It gives the first failure and those of the stop.
func Run(ctx context.Context, timeout time.Duration, components ...Component) error {
	failed := make(chan error, len(components))
	var started []*running
	var err error
	for _, c := range components {
		r := launch(ctx, c, failed)
		started = append(started, r)
		if err = r.awaitReady(ctx, failed); err != nil || ctx.Err() != nil {
			break
		}
	}
	if err == nil && ctx.Err() == nil {
		err = awaitEnd(ctx, started, failed)
	}
	return errors.Join(err, stopAll(started, time.Now().Add(timeout), err))
}

// running is a component that was started.
type running struct {
	name  string
	stop  func(deadline time.Time)
	ready chan struct{}
	done  chan struct{}
	err   error // to be read once done is closed
}

// launch runs the component under a context of its own: the process's end
// reaches it only in its turn.
func launch(ctx context.Context, c Component, failed chan<- error) *running {
	own, stop := newStoppable(ctx)
	r := &running{name: c.Name, stop: stop, ready: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(r.done)
		if err := c.Run(own, onceClose(r.ready)); err != nil && !isStop(own, err) {
			r.err = fmt.Errorf("running %s: %w", c.Name, err)
			failed <- r.err
		}
	}()
	return r
}

// isStop tells the plain echo of a stop from a failure.
func isStop(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, context.Canceled)
}

func (r *running) awaitReady(ctx context.Context, failed <-chan error) error {
	select {
	case <-r.ready:
		return nil
	case <-r.done:
		return r.err // nil: its work is done, which is as good as ready
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

func awaitEnd(ctx context.Context, started []*running, failed <-chan error) error {
	allDone := make(chan struct{})
	quit := make(chan struct{})
	defer close(quit)
	go func() {
		for _, r := range started {
			select {
			case <-r.done:
			case <-quit:
				return
			}
		}
		close(allDone)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	case <-allDone:
		return firstError(started)
	}
}

func firstError(started []*running) error {
	for _, r := range started {
		if r.err != nil {
			return r.err
		}
	}
	return nil
}

// stopAll ends the components in reverse. known was reported already.
func stopAll(started []*running, deadline time.Time, known error) error {
	var bad []error
	for left := len(started); left > 0; left-- {
		r := started[left-1]
		share := max(time.Until(deadline), 0) / time.Duration(left)
		if err := r.end(time.Now().Add(share)); err != nil && !errors.Is(known, err) {
			bad = append(bad, err)
		}
	}
	return errors.Join(bad...)
}

func (r *running) end(deadline time.Time) error {
	r.stop(deadline)
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-r.done:
		return r.err
	case <-timer.C:
	}
	select {
	case <-r.done:
		return r.err
	default:
		return fmt.Errorf("stopping %s: %w", r.name, context.DeadlineExceeded)
	}
}
