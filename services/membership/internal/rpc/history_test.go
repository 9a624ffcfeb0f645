package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

const (
	lanes    = 32
	checkers = 8
	copies   = 3
)

// The states of a grant, and what is done to it.
const (
	unknown = iota
	inForce
	over
)

type deed int

const (
	give deed = iota
	end
	check
)

// done is one operation: of a check which copy was asked, and what it said.
type done struct {
	deed deed
	copy int
}

// register is what a grant is, as one copy shows it. The copies turn one after
// the other while a call is under way, each by itself: so each has a history of
// its own, with all the writes.
func register() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, copies)
			for i := range parts {
				for _, op := range history {
					if d := op.Input.(done); d.deed != check || d.copy == i {
						parts[i] = append(parts[i], op)
					}
				}
			}
			return parts
		},
		Init: func() any { return unknown },
		Step: func(state, input, output any) (bool, any) {
			switch input.(done).deed {
			case end:
				return true, over
			case give:
				if state == unknown {
					return true, inForce
				}
				return true, state
			default:
				return output.(bool) == (state == inForce), state
			}
		},
		DescribeOperation: func(input, output any) string {
			return fmt.Sprint([]string{"give", "end", "check"}[input.(done).deed], " ", output)
		},
		DescribeState: func(state any) string { return []string{"unknown", "in force", "over"}[state.(int)] },
	}
}

// chronicle is a life with everything that was done to it, by one clock.
type chronicle struct {
	life
	clock func() int64
	// asking is held by checks, and taken by who judges.
	asking sync.RWMutex
	mu     sync.Mutex
	closed bool
	ops    []porcupine.Operation
}

func (c *chronicle) note(op porcupine.Operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ops = append(c.ops, op)
}

// write does it until it is answered with OK. A try that failed may have been
// carried out at any time since.
func (c *chronicle) write(ctx context.Context, d deed, do func(context.Context) error) {
	for {
		op := porcupine.Operation{ClientId: int(d), Input: done{deed: d}, Call: c.clock()}
		err := do(ctx)
		op.Return, op.Output = c.clock(), err == nil
		if err != nil {
			op.Return = math.MaxInt64
		}
		c.note(op)
		if err == nil || ctx.Err() != nil || d == give {
			return // who has ended it meanwhile is not given it again
		}
	}
}

// ask puts one question to one copy; one that may not answer says nothing.
func (c *chronicle) ask(ctx context.Context, checker int, r *replica.Replica, which int) {
	c.asking.RLock()
	defer c.asking.RUnlock()
	if c.closed {
		return
	}
	op := porcupine.Operation{ClientId: int(check) + checker, Input: done{deed: check, copy: which}, Call: c.clock()}
	answer, err := r.Decide(ctx, c.question)
	if err != nil {
		return
	}
	op.Return, op.Output = c.clock(), answer.Allowed()
	c.note(op)
}

// judge demands a history that one register could have had.
func (c *chronicle) judge(t *testing.T) (checks int) {
	t.Helper()
	c.asking.Lock()
	c.closed = true
	c.asking.Unlock()
	verdict, info := porcupine.CheckOperationsVerbose(register(), c.ops, time.Minute)
	if verdict == porcupine.Ok {
		return len(c.ops)
	}
	t.Errorf("the history of a grant is %s", verdict)
	picture, err := os.CreateTemp("", "aval-history-*.html")
	if err == nil {
		err = errors.Join(porcupine.Visualize(register(), info, picture), picture.Close())
		t.Logf("drawn in %s: %v", picture.Name(), err)
	}
	return len(c.ops)
}

// mute is tables that say nothing: what is answered, memory answered.
type mute struct{ postgres.Decisions }

var errMute = errors.New("not from memory")

func (mute) Decide(context.Context, domain.Question) (domain.Answer, error) {
	return domain.Answer{}, errMute
}

// T-01: each grant is a register. It is given and ended while it is asked about,
// by calls whose commits are late or lost or never answered; every history could
// be that of a single copy: above all, no check that begins after the end's OK
// says yes.
func TestTheHistoryOfEveryGrantIsThatOfARegister(t *testing.T) {
	t.Parallel()
	db, wire := overWire(t, pgtest.URLs(t, "membership", postgres.Migrations))
	b := setupOn(t, db)
	ring := ring{bundle: b, begun: time.Now()}
	for range copies {
		ring.copies = append(ring.copies, b.copyOf())
	}
	support := b.supporting()
	accounts := make([]life, lanes)
	for i := range accounts {
		accounts[i] = support.life(b.client())
	}
	meddle := troubled
	wire.meddle.Store(&meddle)
	ring.play(accounts, testsize.Of(t, 640, 100_000)/lanes)
	t.Logf("%d histories, %d operations, in %s", ring.histories.Load(), ring.operations.Load(), time.Since(ring.begun).Round(time.Millisecond))
}

// troubled delays some commits, and loses a few.
func troubled() fate {
	some := func() time.Duration { return time.Duration(rand.Int64N(int64(3 * time.Millisecond))) }
	switch n := rand.IntN(100); {
	case n < 2:
		return fate{lost: true}
	case n < 4:
		return fate{unanswered: true}
	case n < 25:
		return fate{before: some(), after: some()}
	default:
		return fate{}
	}
}

// copyOf follows the database, and answers from memory or not at all.
func (b *bundle) copyOf() *replica.Replica {
	b.Helper()
	r, err := replica.New(replica.Options{DB: b.db, Tables: mute{}, Telemetry: telemetry.Discard(), Now: time.Now})
	require.NoError(b, err)
	lifecycletest.Run(b, r.Component())
	return r
}

// ring is where lives are played, some side by side.
type ring struct {
	*bundle
	copies                []*replica.Replica
	begun                 time.Time
	playing               [lanes]atomic.Pointer[chronicle]
	histories, operations atomic.Int64
}

func (r *ring) play(of []life, rounds int) {
	ctx, cancel := context.WithCancel(r.Context())
	var playing, asking sync.WaitGroup
	for i := range checkers {
		asking.Go(func() {
			for clock.Wait(ctx, time.Duration(rand.Int64N(int64(time.Millisecond)))) {
				if c := r.playing[rand.IntN(lanes)].Load(); c != nil {
					which := rand.IntN(copies)
					c.ask(ctx, i, r.copies[which], which)
				}
			}
		})
	}
	for lane := range of {
		playing.Go(func() {
			for range rounds {
				r.one(ctx, lane, of[lane])
			}
		})
	}
	playing.Wait()
	cancel()
	asking.Wait()
}

// one gives and ends a grant, one after the other or at once, and has each copy
// asked once more.
func (r *ring) one(ctx context.Context, lane int, before life) {
	c := &chronicle{life: before.supporting.life(before.question.AccountID), clock: func() int64 { return int64(time.Since(r.begun)) }}
	r.playing[lane].Store(c)
	var giving sync.WaitGroup
	giving.Go(func() { c.write(ctx, give, c.give) })
	if rand.IntN(2) == 0 {
		giving.Wait()
	}
	clock.Wait(ctx, time.Duration(rand.Int64N(int64(5*time.Millisecond))))
	c.write(ctx, end, c.life.end)
	giving.Wait()
	for which, one := range r.copies {
		c.ask(ctx, checkers, one, which)
	}
	r.histories.Add(1)
	r.operations.Add(int64(c.judge(r.T)))
}
