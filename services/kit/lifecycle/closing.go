package lifecycle

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Closing is how to close what was opened so far. The zero Closing is ready.
type Closing struct{ steps []func(context.Context) error }

// Add notes how the newest is closed.
func (c *Closing) Add(step func(context.Context) error) { c.steps = append(c.steps, step) }

// Close closes everything, the newest first, all within timeout.
func (c *Closing) Close(timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var err error
	for _, step := range slices.Backward(c.steps) {
		err = errors.Join(err, step(ctx))
	}
	c.steps = nil
	return err
}
