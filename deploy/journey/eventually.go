package journey

import (
	"context"
	"errors"
	"time"
)

// pollEvery is how often a fact that travels by event is asked for.
const pollEvery = 50 * time.Millisecond

// Eventually asks until done, an answer that is final. Facts that travel by
// event arrive a moment later; whatever is promised at once is not asked for
// with this.
func Eventually(ctx context.Context, ask func(context.Context) (done bool, err error)) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		done, err := ask(ctx)
		if done {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(errNotYet, err)
		case <-ticker.C:
		}
	}
}
