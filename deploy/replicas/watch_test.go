package replicas

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
)

const (
	// askers put questions to each of those who decide, each way.
	askers = 1
	// breath leaves the processor to those who are asked.
	breath = 2 * time.Millisecond
	// back is how soon decisions are there again after what broke is healed.
	back = 5 * time.Second
)

// watch asks all who decide about some grants, all the time. A yes to a question
// that began after the end of its grant had been answered is a violation.
type watch struct {
	answered, unanswered atomic.Int64
	stop                 func()
}

func watching(t *testing.T, grants []*grant) *watch {
	t.Helper()
	w := &watch{}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for program := range shared.deciding {
		for range askers {
			group.Go(func() {
				for clock.Wait(ctx, breath) {
					w.ask(ctx, t, program, grants[rand.IntN(len(grants))])
				}
			})
		}
	}
	w.stop = sync.OnceFunc(func() {
		cancel()
		group.Wait()
		t.Logf("%d questions answered, %d not", w.answered.Load(), w.unanswered.Load())
	})
	t.Cleanup(w.stop)
	return w
}

func (w *watch) ask(ctx context.Context, t *testing.T, program string, g *grant) {
	t.Helper()
	over := g.over.Load()
	allowed, err := g.allowed(ctx, program)
	if errors.Is(err, errOpen) {
		t.Errorf("%s: %v", program, err)
	}
	if err != nil {
		w.unanswered.Add(1)
		return
	}
	w.answered.Add(1)
	if over && allowed {
		t.Errorf("%s allowed what had ended, by an end that was answered", program)
	}
}

// decided demands that everybody decides again soon: lets in whom it should, and
// nobody else.
func decided(t *testing.T, healed time.Time, kept *grant, ended []*grant) {
	t.Helper()
	ctx := patient(t)
	for program := range shared.deciding {
		eventually(t, time.Until(healed.Add(back)), program+" decides again in time", func() bool {
			allowed, err := kept.allowed(ctx, program)
			return err == nil && allowed
		})
	}
	for program := range shared.deciding {
		require.NoError(t, each(ended, func(g *grant) error {
			return insist(ctx, func(ctx context.Context) error {
				allowed, err := g.allowed(ctx, program)
				if allowed {
					t.Errorf("%s allowed what had ended", program)
				}
				return err
			})
		}))
	}
}
