package rpc_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

const (
	// spread is within which all grants end.
	spread = 2 * time.Second
	// tail is how long is still asked behind the end.
	tail = 300 * time.Millisecond
	// early is what it may come before: a jump costs a lease at the most.
	early = engine.Lease
)

// machine is a clock that is set, or stands still, while others go on.
type machine struct {
	// wall is by how much the clock on the wall is set.
	wall atomic.Int64
	// asleep is since when the monotonic clock stands still; nil: it goes.
	asleep atomic.Pointer[time.Time]
}

// Now has both readings, which a test cannot set apart otherwise.
func (m *machine) Now() time.Time {
	now := time.Now()
	shifted := time.Duration(m.wall.Load())
	if since := m.asleep.Load(); since != nil {
		shifted += now.Sub(*since)
		now = *since
	}
	// The first word of a Time holds the seconds of its wall clock above 30
	// bits of nanoseconds.
	word := (*uint64)(unsafe.Pointer(&now))
	const nanoseconds = 1<<30 - 1
	shifted += time.Duration(*word & nanoseconds)
	seconds := shifted / time.Second
	if shifted < seconds*time.Second {
		seconds--
	}
	*word = *word&^nanoseconds + uint64(seconds)<<30 + uint64(shifted-seconds*time.Second)
	return now
}

// jump is what becomes of the clocks of a replica's machine.
type jump struct {
	name string
	do   func(*machine)
}

func jumps() []jump {
	set := func(by time.Duration) func(*machine) { return func(m *machine) { m.wall.Add(int64(by)) } }
	const day = 24 * time.Hour
	return []jump{
		{name: "none", do: func(*machine) {}},
		{name: "a second on", do: set(time.Second)},
		{name: "a second back", do: set(-time.Second)},
		{name: "five seconds back", do: set(-5 * time.Second)},
		{name: "ten minutes on", do: set(10 * time.Minute)},
		{name: "ten minutes back", do: set(-10 * time.Minute)},
		{name: "an hour on", do: set(time.Hour)},
		{name: "an hour back", do: set(-time.Hour)},
		{name: "400 days on", do: set(400 * day)},
		{name: "400 days back", do: set(-400 * day)},
		{name: "to and fro", do: func(m *machine) { m.wall.Store((rand.Int64N(2) - 1) * int64(time.Hour)) }},
		{name: "asleep, and awake", do: nap},
	}
}

// nap has the monotonic clock stand still, or go on from where it is.
func nap(m *machine) {
	now := time.Now()
	if !m.asleep.CompareAndSwap(nil, &now) {
		m.asleep.Store(nil)
	}
}

// T-04: whatever is done to the clock of a replica's machine, nobody is let in
// after the end of a grant by the database's clock, and nobody is kept out long
// before.
func TestAGrantEndsByTheDatabasesClockWhateverTheMachinesSays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range testsize.Of(t, 1, 100) {
		ends := b.ending(testsize.Of(t, 30, 100))
		var all sync.WaitGroup
		for _, j := range jumps() {
			all.Go(func() { b.watchEnds(j, ends) })
		}
		all.Wait()
	}
}

// ended is one grant that ends by itself, by the database's clock.
type ended struct {
	question domain.Question
	until    time.Time
}

// ending makes grants that end soon, each of a client of its own.
func (b *bundle) ending(n int) []ended {
	b.Helper()
	out := make([]ended, n)
	for i := range out {
		q := domain.Question{AccountID: id.New(), SubjectID: id.New(), Feature: "management", Level: domain.LevelGuest}
		out[i].question = q
		after := spread/4 + time.Duration(rand.Int64N(int64(spread)))
		require.NoError(b, b.db.InSystem(b.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
			return tx.QueryRow(ctx, `
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version, valid_until)
VALUES ($1, $2, $3, 'MEMBERSHIP', '{"": 4}', 1, clock_timestamp() + $4)
RETURNING valid_until`, id.New(), q.AccountID, q.SubjectID, after).Scan(&out[i].until)
		}))
	}
	return out
}

// databaseClock gives the earliest that it can be by the database's clock.
func (b *bundle) databaseClock() func() time.Time {
	b.Helper()
	var at time.Time
	require.NoError(b, b.db.InSystem(b.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&at)
	}))
	known := time.Now()
	return func() time.Time { return at.Add(time.Since(known)) }
}

// watchEnds asks one replica about all until none is let in, while its clock
// jumps.
func (b *bundle) watchEnds(j jump, ends []ended) {
	m := &machine{}
	r, err := replica.New(replica.Options{DB: b.db, Tables: postgres.NewDecisions(b.db), Telemetry: telemetry.Discard(), Now: m.Now})
	if err != nil {
		b.Error(err)
		return
	}
	defer lifecycletest.Run(b, r.Component())()
	now := b.databaseClock()
	for left := len(ends); left > 0 && clock.Wait(b.Context(), 5*time.Millisecond); {
		if rand.IntN(10) == 0 {
			j.do(m)
		}
		left = 0
		for _, e := range ends {
			late := now().Sub(e.until)
			answer, err := r.Decide(b.Context(), e.question)
			switch {
			case err != nil:
				b.Error(j.name, err)
				return
			case answer.Allowed() && late >= 0:
				b.Errorf("%s: allowed %s after the end", j.name, late)
			case !answer.Allowed() && late < -early:
				b.Errorf("%s: denied %s before the end", j.name, -late)
			}
			if late < tail {
				left++
			}
		}
	}
}
