package replica_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

// feeder serves copies of a replica.
type feeder struct {
	membershipv1.UnimplementedReplicaServiceServer
	*replica.Replica
}

func (f feeder) FollowAccess(feed replica.Feed) error { return f.Serve(feed) }

// wire is the network between copies and their replica: it can stand still, and
// knows whether the last stream began with everything.
type wire struct {
	mu      sync.RWMutex // held while it stands still
	whole   atomic.Bool
	streams atomic.Int64
}

type wiredStream struct {
	grpc.ClientStream
	wire *wire
}

func (s wiredStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	s.wire.mu.RLock()
	defer s.wire.mu.RUnlock()
	if begin := m.(*membershipv1.FollowAccessResponse).GetBegin(); err == nil && begin != nil {
		s.wire.whole.Store(begin.GetWhole())
		s.wire.streams.Add(1)
	}
	return err
}

// serve makes copies of the replica possible, over a connection of their own
// each; cut ends all streams that are open.
func (b *bundle) serve(r *replica.Replica) (dial func(*wire) *grpc.ClientConn, cut func()) {
	b.Helper()
	var mu sync.Mutex
	var server *grpc.Server
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	require.NoError(b, err)
	addr := listener.Addr().String()
	run := func(l net.Listener) {
		server = grpc.NewServer()
		membershipv1.RegisterReplicaServiceServer(server, feeder{Replica: r})
		go func(s *grpc.Server) { _ = s.Serve(l) }(server)
	}
	run(listener)
	b.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		server.Stop()
	})
	cut = func() {
		mu.Lock()
		defer mu.Unlock()
		server.Stop()
		again, err := new(net.ListenConfig).Listen(b.Context(), "tcp", addr)
		require.NoError(b, err)
		run(again)
	}
	return func(w *wire) *grpc.ClientConn {
		conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithStreamInterceptor(func(
				ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, opts ...grpc.CallOption,
			) (grpc.ClientStream, error) {
				s, err := streamer(ctx, desc, cc, method, opts...)
				return wiredStream{s, w}, err
			}))
		require.NoError(b, err)
		b.Cleanup(func() { _ = conn.Close() })
		return conn
	}, cut
}

// copyOver is a copy that answers, and never asks elsewhere.
func (b *bundle) copyOver(conn *grpc.ClientConn) *accessclient.Replica {
	b.Helper()
	c, err := accessclient.NewReplica(accessclient.ReplicaOptions{Conn: conn})
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx) })
	b.Cleanup(func() {
		cancel()
		running.Wait()
	})
	select {
	case <-c.Ready():
	case <-time.After(time.Minute):
		b.Fatal("the copy never answered")
	}
	return c
}

// hung is a database with one replica, and one copy that hangs on it.
type hung struct {
	*bundle
	memory *replica.Replica
	copy   *accessclient.Replica
	wire   *wire
	// stop ends the replica, cut all streams that are open.
	stop, cut func()
}

func hang(t *testing.T) hung {
	t.Helper()
	b := setup(t)
	h := hung{bundle: b, memory: b.memory(nil), wire: &wire{}}
	h.stop = b.start(h.memory.Component())
	var dial func(*wire) *grpc.ClientConn
	dial, h.cut = b.serve(h.memory)
	h.copy = b.copyOver(dial(h.wire))
	return h
}

func question(q domain.Question) accessclient.Question {
	return accessclient.Question{
		Subject: q.SubjectID.Text("usr"), Account: q.AccountID.Text("org"), Feature: q.Feature,
		Level: authzv1.Level(q.Level), SupportSession: q.SupportSessionID.Text("sup"),
	}
}

func (b *bundle) copyAllows(c *accessclient.Replica, q domain.Question) bool {
	b.Helper()
	d, err := c.Check(b.Context(), question(q))
	require.NoError(b, err)
	return d.Allowed
}

// copyAllowsAgain waits until the copy says so.
func (b *bundle) copyAllowsAgain(c *accessclient.Replica, q domain.Question, allowed bool) {
	b.Helper()
	require.Eventually(b, func() bool {
		d, err := c.Check(b.Context(), question(q))
		return err == nil && d.Allowed == allowed
	}, 10*time.Second, time.Millisecond)
}

// T-01, rules 23 and 24: a copy in a caller's process is as revocable as the
// replica that it hangs on.
func TestNoCopyAllowsAfterARevocationReturned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var copies []*accessclient.Replica
	for range 2 {
		memory := b.memory(nil)
		b.start(memory.Component())
		dial, _ := b.serve(memory)
		copies = append(copies, b.copyOver(dial(&wire{})), b.copyOver(dial(&wire{})))
	}
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	for range testsize.Of(t, 10, 1_500) {
		var revoked atomic.Bool
		var askers sync.WaitGroup
		for _, c := range copies {
			askers.Go(func() {
				for over := false; !over; {
					over = revoked.Load() // before the check begins
					d, err := c.Check(t.Context(), question(q))
					if err == nil && over && d.Allowed {
						t.Errorf("allowed after the revocation had returned")
						return
					}
				}
			})
		}
		b.leave(q)
		require.NoError(t, b.fence.Wait(t.Context()))
		revoked.Store(true)
		askers.Wait()
		b.join(q)
		require.NoError(t, b.fence.Wait(t.Context()))
		for _, c := range copies {
			b.copyAllowsAgain(c, q, true)
		}
	}
}

// A copy that hears nothing holds a revocation up until its lease is over, and
// says no then, whatever the replica has.
func TestARevocationWaitsForACopyThatStandsStill(t *testing.T) {
	t.Parallel()
	b := hang(t)
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.True(t, b.copyAllows(b.copy, q))

	b.wire.mu.Lock()
	moves := sync.OnceFunc(b.wire.mu.Unlock)
	defer moves()
	b.leave(q)
	require.NoError(t, b.fence.Wait(t.Context()))
	d, err := b.copy.Check(t.Context(), question(q))
	require.ErrorIs(t, err, accessclient.ErrUnavailable)
	require.False(t, d.Allowed)
	require.False(t, b.allowed(b.memory, q))

	begin := time.Now()
	b.leave(q)
	require.NoError(t, b.fence.Wait(t.Context()))
	require.Less(t, time.Since(begin), engine.Lease, "nobody waits for it twice")
	moves()
	b.copyAllowsAgain(b.copy, q, false)
}

// What forgets to say what it asks for is refused, and never a yes.
func TestACopyRefusesMalformedQuestions(t *testing.T) {
	t.Parallel()
	b := hang(t)
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.True(t, b.copyAllows(b.copy, q))
	for name, change := range map[string]func(*accessclient.Question){
		"no level":        func(q *accessclient.Question) { q.Level = 0 },
		"no right at all": func(q *accessclient.Question) { q.Level = authzv1.Level_LEVEL_NONE },
		"no feature":      func(q *accessclient.Question) { q.Feature = "" },
		"another's id":    func(q *accessclient.Question) { q.Subject = q.Account },
	} {
		asked := question(q)
		change(&asked)
		d, err := b.copy.Check(t.Context(), asked)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, accessclient.ErrUnavailable, name)
		require.Zero(t, d, name)
	}
}

// A stream that was lost goes on where it was.
func TestACopyThatWasCutOffCatchesUp(t *testing.T) {
	t.Parallel()
	b := hang(t)
	require.True(t, b.wire.whole.Load())
	for range 3 {
		q, other := b.owned(), b.owned()
		require.NoError(t, b.fence.Wait(t.Context()))
		b.cut()
		b.leave(q)
		require.NoError(t, b.fence.Wait(t.Context()))
		d, err := b.copy.Check(t.Context(), question(q))
		require.False(t, err == nil && d.Allowed)
		b.copyAllowsAgain(b.copy, q, false)
		require.True(t, b.copyAllows(b.copy, other))
		require.False(t, b.wire.whole.Load(), "only what changed was sent")
	}
}

// A replica that has to read everything anew cuts its copies off: they join it
// again, and answer by no lease of before.
func TestACopyJoinsAgainWhenItsReplicaBeginsAnew(t *testing.T) {
	t.Parallel()
	b := hang(t)
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	b.leave(q)
	b.exec("DELETE FROM decision_lease")
	b.copyAllowsAgain(b.copy, q, false)
	require.Eventually(t, func() bool { return b.wire.streams.Load() > 1 }, time.Minute, time.Millisecond)
}

// A replica that stops takes no lease back while a copy may answer by it.
func TestAReplicaThatStopsWaitsForItsCopies(t *testing.T) {
	t.Parallel()
	b := hang(t)
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	b.wire.mu.Lock()
	defer b.wire.mu.Unlock()
	b.stop()
	b.leave(q)
	require.NoError(t, b.fence.Wait(t.Context()))
	d, err := b.copy.Check(t.Context(), question(q))
	require.False(t, err == nil && d.Allowed)
}

// A copy answers as the tables do, in whatever world, also once it was made anew
// beside the old.
func TestACopyAnswersAsTheTablesDo(t *testing.T) {
	t.Parallel()
	b := hang(t)
	w := newWorld(b.bundle)
	for range testsize.Of(t, 100, 20_000) {
		w.change()
		w.sameAs(b.copy)
	}
	for range 400 {
		w.grant()
	}
	for b.wire.streams.Load() == 1 {
		w.exec("UPDATE access_entry SET valid_until = now() + interval '9 h' WHERE source = 'GRANT' AND end_time IS NULL")
		require.NoError(t, b.fence.Wait(t.Context()))
	}
	for range 20 {
		w.change()
		w.sameAs(b.copy)
	}
}

// sameAs asks tables and copy alike.
func (w *world) sameAs(c *accessclient.Replica) {
	w.Helper()
	require.NoError(w, w.fence.Wait(w.Context()))
	questions := w.questions(100)
	want, err := w.tables.DecideAll(w.Context(), questions)
	require.NoError(w, err)
	for i, q := range questions {
		got, err := c.Check(w.Context(), question(q))
		require.NoError(w, err)
		require.Equal(w, want[i].Allowed(), got.Allowed, "seed %d: %+v", w.seed, q)
		require.Equal(w, want[i].Denial == "", got.Reason == 0, "seed %d: %+v", w.seed, q)
		require.Equal(w, want[i].GrantID.Text("grt"), got.GrantID, "seed %d: %+v", w.seed, q)
		require.Equal(w, want[i].ValidUntil.IsZero(), got.ValidFor == 0, "seed %d: %+v", w.seed, q)
	}
}
