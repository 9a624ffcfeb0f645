package accessclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
)

// renewPause is the time between two renewals of the lease.
const renewPause = 500 * time.Millisecond

var errOrder = errors.New("a message that cannot come here")

// memory is what a copy holds, and how far it reaches.
type memory struct {
	view   *engine.View
	source string
	bound  uint64
}

// follower keeps one memory by one stream.
type follower struct {
	*Replica
	memory

	stream   grpc.BidiStreamingClient[membershipv1.FollowAccessRequest, membershipv1.FollowAccessResponse]
	standing atomic.Pointer[engine.Standing]
	done     chan error
	stop     context.CancelFunc
	batch    engine.Batch
	// heir makes a memory anew beside this one, to take its place: records
	// that were changed keep their room in the old. before is whose place this
	// follower takes with its first lease.
	heir, before *follower
	took         bool

	mu    sync.Mutex // of sending, and of what follows
	asked map[int64]time.Time
	last  int64
}

// follow starts a follower that goes on from a memory.
func (r *Replica) follow(ctx context.Context, from memory) *follower {
	f := &follower{Replica: r, memory: from, done: make(chan error, 1), asked: map[int64]time.Time{}, before: r.current.Load()}
	ctx, f.stop = context.WithCancel(ctx)
	go func() {
		defer f.stop()
		f.done <- f.run(ctx)
	}()
	return f
}

// run follows until the stream breaks.
func (f *follower) run(ctx context.Context) (err error) {
	f.stream, err = membershipv1.NewReplicaServiceClient(f.options.Conn).FollowAccess(ctx)
	if err != nil {
		return err
	}
	err = f.send(&membershipv1.FollowAccessRequest{Kind: &membershipv1.FollowAccessRequest_Join_{
		Join: &membershipv1.FollowAccessRequest_Join{Source: f.source, Bound: f.bound},
	}})
	if err != nil {
		return err
	}
	var renewing sync.WaitGroup
	defer renewing.Wait()
	defer f.stop()
	renewing.Go(func() { f.renewals(ctx) })
	for {
		message, err := f.stream.Recv()
		if err == nil {
			err = f.take(ctx, message)
		}
		if err != nil {
			f.disown()
			return err
		}
	}
}

// disown ends an heir that has not taken over.
func (f *follower) disown() {
	if f.heir != nil && f.current.Load() != f.heir {
		f.heir.stop()
		<-f.heir.done
		f.heir = nil
	}
}

func (f *follower) send(request *membershipv1.FollowAccessRequest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stream.Send(request)
}

// renewals asks for a lease at once and then again and again. It counts from the
// instant before it was asked for (8).
func (f *follower) renewals(ctx context.Context) {
	ticker := time.NewTicker(renewPause)
	defer ticker.Stop()
	for {
		if f.renew() != nil {
			return // who receives hears why
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (f *follower) renew() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	f.asked[f.last] = f.options.Now()
	return f.stream.Send(&membershipv1.FollowAccessRequest{Kind: &membershipv1.FollowAccessRequest_Renew{Renew: f.last}})
}

func (f *follower) take(ctx context.Context, message *membershipv1.FollowAccessResponse) error {
	switch kind := message.GetKind().(type) {
	case *membershipv1.FollowAccessResponse_Begin_:
		return f.begin(kind.Begin)
	case *membershipv1.FollowAccessResponse_Changes:
		if f.batch.View == nil {
			return errOrder
		}
		return bring(&f.batch, kind.Changes)
	case *membershipv1.FollowAccessResponse_Mark_:
		return f.mark(kind.Mark)
	case *membershipv1.FollowAccessResponse_Lease_:
		f.lease(ctx, kind.Lease)
		return nil
	default:
		return errOrder
	}
}

// begin makes ready for what follows: everything goes into a view of its own, so
// that a living one is never emptied (10).
func (f *follower) begin(b *membershipv1.FollowAccessResponse_Begin) error {
	if !b.GetWhole() && (f.view == nil || b.GetSource() != f.source) {
		return errOrder
	}
	f.source, f.batch = b.GetSource(), engine.Batch{View: f.view}
	if b.GetWhole() {
		f.bound, f.batch = 0, engine.Batch{View: engine.NewView(rand.Uint64()), Whole: true}
	}
	return nil
}

// mark brings in what was read, and only then says so (15).
func (f *follower) mark(m *membershipv1.FollowAccessResponse_Mark) error {
	if f.batch.View == nil {
		return errOrder
	}
	if err := f.batch.Finish(); err != nil {
		return err
	}
	f.view, f.bound = f.batch.View, m.GetBound()
	f.batch = engine.Batch{View: f.view}
	err := f.send(&membershipv1.FollowAccessRequest{Kind: &membershipv1.FollowAccessRequest_Held{Held: m.GetNumber()}})
	if err == nil && f.standing.Load() == nil {
		return f.renew() // now there is something to have a lease for
	}
	return err
}

// lease lets the view be answered from.
func (f *follower) lease(ctx context.Context, l *membershipv1.FollowAccessResponse_Lease) {
	since, known := f.askedAt(l.GetNumber())
	if !known || f.view == nil || l.GetLasts().AsDuration() <= 0 {
		return
	}
	next := engine.Standing{
		View: f.view, Since: since, Lasts: min(l.GetLasts().AsDuration(), engine.Lease),
		Clock: l.GetClockMicros(), Early: l.GetEarlyMicros() + f.options.Now().Sub(since).Microseconds(),
	}
	before := f.standing.Load()
	if before == nil && f.before != nil {
		before = f.before.standing.Load()
	}
	f.standing.Store(next.After(before))
	f.takeOver()
	if f.view.Stale() && f.heir == nil {
		f.heir = f.follow(ctx, memory{})
	}
}

// takeOver puts the follower in its place with its first lease.
func (f *follower) takeOver() {
	if f.took {
		return
	}
	f.took = true
	f.current.Store(f)
	if f.before == nil {
		close(f.ready)
		return
	}
	f.before.stop()
	f.before = nil
}

// askedAt is when a lease was asked for; the older are forgotten.
func (f *follower) askedAt(number int64) (at time.Time, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, known = f.asked[number]
	for one := range f.asked {
		if one <= number {
			delete(f.asked, one)
		}
	}
	return at, known
}
