package replicas

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/testsize"
)

const (
	// pastLease is longer than a replica may answer without asking.
	pastLease = 3 * time.Second
	// slowness is what each statement takes more behind a slow network.
	slowness = 5 * time.Second
	// endings are taken back under each fault, half of them before it is felt.
	endings = 24
)

// strike is one fault; begin gives what heals it.
type strike struct {
	name  string
	lasts time.Duration
	begin func(*testing.T) (heal func())
}

func strikes() []strike {
	return []strike{
		{"a replica is killed", 0, func(t *testing.T) func() { return signalled(t, stack.Replica(0), syscall.SIGKILL) }},
		{"a replica is killed again and again, and begins in the middle", pastLease, beginning},
		{"a replica is stopped past its lease", pastLease, func(t *testing.T) func() {
			signalled(t, stack.Replica(1), syscall.SIGSTOP)
			return func() { signalled(t, stack.Replica(1), syscall.SIGCONT) }
		}},
		{"a replica is cut from Postgres", pastLease, func(t *testing.T) func() { return cut(t, shared.house.Databases[stack.Replica(2)]) }},
		{"a replica is far from Postgres", slowness + time.Second, func(*testing.T) func() {
			far := shared.house.Databases[stack.Replica(0)]
			far.Slow(slowness)
			return func() { far.Slow(0) }
		}},
		{"all replicas are cut from Postgres", pastLease, func(t *testing.T) func() {
			return cut(t, shared.house.Databases[stack.Replica(0)], shared.house.Databases[stack.Replica(1)], shared.house.Databases[stack.Replica(2)])
		}},
		{"membership is cut from the broker", time.Second, func(t *testing.T) func() { return cut(t, shared.house.Relays["membership"]) }},
		{"membership is cut from Postgres", time.Second, func(t *testing.T) func() { return cut(t, shared.house.Databases["membership"]) }},
		{"membership is cut from both", time.Second, func(t *testing.T) func() {
			return cut(t, shared.house.Databases["membership"], shared.house.Relays["membership"])
		}},
		{"membership is killed", 0, func(t *testing.T) func() { return signalled(t, "membership", syscall.SIGKILL) }},
		{"the broker loses its store", 0, wiped},
		{"a replica cannot be reached", pastLease, func(t *testing.T) func() { return cut(t, shared.line) }},
		{"a replica answers late", slowness + time.Second, func(*testing.T) func() {
			shared.line.Slow(slowness)
			return func() { shared.line.Slow(0) }
		}},
		{"a replica's answers are garbled", pastLease, func(t *testing.T) func() {
			shared.line.Garble()
			return func() { require.NoError(t, shared.line.Restore()) }
		}},
	}
}

func signalled(t *testing.T, program string, s syscall.Signal) (nothing func()) {
	t.Helper()
	require.NoError(t, shared.house.Signal(t.Context(), program, s))
	return func() {}
}

func cut(t *testing.T, relays ...*house.Relay) (heal func()) {
	t.Helper()
	for _, relay := range relays {
		relay.Cut()
	}
	return func() {
		for _, relay := range relays {
			require.NoError(t, relay.Restore())
		}
	}
}

// beginning kills a replica as soon as it has begun.
func beginning(t *testing.T) (heal func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for clock.Wait(ctx, 600*time.Millisecond) {
			_ = shared.house.Signal(ctx, stack.Replica(2), syscall.SIGKILL) // it may be about to begin
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func wiped(t *testing.T) (heal func()) {
	t.Helper()
	shared.house.Broker.Kill()
	require.NoError(t, shared.house.Broker.Wipe())
	return func() {
		require.NoError(t, shared.house.Broker.Start())
		require.NoError(t, shared.house.Refill(t.Context()))
	}
}

// T-01, T-05: whatever fails while access is taken away, no question that begins
// after the end was answered is allowed, and all decide again within seconds.
func TestNothingIsAllowedAfterItsEndWhateverFails(t *testing.T) {
	for range testsize.Of(t, 1, 45) {
		for _, s := range strikes() {
			t.Run(s.name, s.play)
		}
	}
}

func (s strike) play(t *testing.T) {
	kept, doomed := given(t, 1)[0], given(t, endings)
	watching(t, doomed)
	ctx := patient(t)
	ended := make(chan error, 2)
	end := func(some []*grant) { ended <- each(some, func(g *grant) error { return g.end(ctx) }) }
	go end(doomed[:endings/2])
	heal := s.begin(t)
	go end(doomed[endings/2:])
	clock.Wait(ctx, s.lasts)
	heal()
	healed := time.Now()
	for range cap(ended) {
		require.NoError(t, <-ended)
	}
	decided(t, healed, kept, doomed)
}

// T-01: a replica that was stopped in the middle of whatever it did, and goes on
// after its lease, has no old yes for those who have waited meanwhile.
func TestAReplicaThatGoesOnHasNoOldYes(t *testing.T) {
	for range testsize.Of(t, 2, 100) {
		doomed := given(t, endings)
		ctx := patient(t)
		watch := watching(t, doomed)
		heal := strikes()[2].begin(t)
		begun := time.Now()
		require.NoError(t, each(doomed, func(g *grant) error { return g.end(ctx) }))
		require.Less(t, time.Since(begun), 2*pastLease, "a replica that is silent holds nobody up for longer than its lease")
		answers := make(chan bool, len(doomed))
		for _, g := range doomed {
			go func() {
				allowed, err := g.allowed(ctx, stack.Replica(1))
				answers <- err == nil && allowed
			}()
		}
		clock.Wait(ctx, 10*interval) // the questions lie before the stopped process
		heal()
		for range doomed {
			require.False(t, <-answers)
		}
		watch.stop()
	}
}
