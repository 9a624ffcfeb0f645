package replicas

import (
	"context"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/testsize"
)

// crowd is how many ends come at the same time.
const crowd = 500

// T-02: Postgres is killed in the middle of many ends, some before their commit
// and some behind it. OK is never said falsely, and each comes to its end when
// it is asked for again.
func TestPostgresKilledInTheMiddleOfEnds(t *testing.T) {
	for range testsize.Of(t, 1, 40) {
		kept, doomed := given(t, 1)[0], given(t, 5*endings)
		watching(t, doomed)
		ended := ending(patient(t), doomed)
		clock.Wait(t.Context(), time.Duration(rand.Int64N(int64(100*time.Millisecond))))
		require.NoError(t, shared.house.Database.Kill())
		require.NoError(t, shared.house.Database.Start(t.Context()))
		healed := time.Now()
		require.NoError(t, <-ended)
		decided(t, healed, kept, doomed)
	}
}

// T-02: what is committed and not yet known everywhere is not answered with OK
// when Postgres is lost meanwhile; and it is there afterwards.
func TestPostgresKilledBehindTheCommit(t *testing.T) {
	for range testsize.Of(t, 1, 40) {
		kept, doomed := given(t, 1)[0], given(t, endings)
		watching(t, doomed)
		ctx := patient(t)
		resume := strikes()[2].begin(t) // nobody is answered before its lease is over
		ended := ending(ctx, doomed)
		eventually(t, pastLease, "the ends are committed", func() bool {
			allowed, err := doomed[0].allowed(ctx, stack.Replica(0))
			return err == nil && !allowed
		})
		require.NoError(t, shared.house.Database.Kill())
		for _, g := range doomed {
			require.False(t, g.over.Load(), "not while a replica may still say yes")
		}
		resume()
		require.NoError(t, shared.house.Database.Start(t.Context()))
		healed := time.Now()
		for program := range shared.deciding {
			eventually(t, back, program+" has the end", func() bool {
				allowed, err := doomed[0].allowed(ctx, program)
				return err == nil && !allowed
			})
		}
		require.NoError(t, <-ended)
		decided(t, healed, kept, doomed)
	}
}

// ending takes all back, each by a call of its own.
func ending(ctx context.Context, all []*grant) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- each(all, func(g *grant) error { return g.end(ctx) }) }()
	return ended
}

// T-01: five hundred are taken back at once, by a call each.
func TestFiveHundredEndsAtOnce(t *testing.T) {
	doomed := given(t, crowd)
	watching(t, doomed)
	ctx := patient(t)
	begun := time.Now()
	var group sync.WaitGroup
	for _, g := range doomed {
		group.Go(func() {
			if err := g.end(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	t.Logf("%d calls took %s", crowd, time.Since(begun).Round(time.Millisecond))
	decided(t, time.Now(), given(t, 1)[0], doomed)
}

// T-01, A3: a yes and its end are on their way at once, each more than once, and
// a replica is killed among them. After the end's OK nothing revives it.
func TestAnEndThatRacesItsYes(t *testing.T) {
	all := newGrants(t, shared.support.Person.UserID, testsize.Of(t, 60, 6_000))
	watching(t, all)
	ctx := patient(t)
	var group sync.WaitGroup
	for lane := range atOnce {
		group.Go(func() {
			for i := lane; i < len(all); i += atOnce {
				if err := race(ctx, all[i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	signalled(t, stack.Replica(0), syscall.SIGKILL)
	group.Wait()
	decided(t, time.Now(), given(t, 1)[0], all)
}

// race returns when the yes has been answered as well, whatever to.
func race(ctx context.Context, g *grant) error {
	var presses sync.WaitGroup
	for range 2 {
		presses.Go(func() { _ = give(ctx, g) }) // it may find the end already
	}
	err := g.end(ctx)
	presses.Wait()
	return err
}
