package replica

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
)

const (
	// queued bounds what waits to be sent to one child, or to be answered.
	queued = 1 << 12
	// keepUp is how late a child's answers may be for it to be given leases.
	keepUp = time.Second
	// everyMark is one that no child ever has.
	everyMark = 1<<63 - 1
)

var (
	errSlow  = errors.New("the copy does not keep up")
	errAnew  = errors.New("everything is to be read anew")
	errMarks = errors.New("a mark that was never set")
)

// children are the copies in callers' processes that hang on this replica. It
// acknowledges, and reports, only what each of them has that may still answer
// (24).
type children struct {
	mu    sync.Mutex
	all   map[*child]struct{}
	marks int64
	// moved is closed, and made anew, when one has more.
	moved chan struct{}
}

// child is one copy. Its fields are the children's, under their lock. What it is
// sent it takes in order: a lease that was given after a mark is one that the
// copy has with everything up to the mark.
type child struct {
	queue chan *membershipv1.FollowAccessResponse
	end   context.CancelCauseFunc
	first int64 // the mark of what it began with
	begun bool
	// sent are the marks that it has not answered. It has the mark held, and
	// everything below bound.
	sent  []sent
	held  int64
	bound uint64
	// lives is until when it may answer by the leases it was given.
	lives time.Time
	// ended: nothing is queued any more, so that what is has no gap; gone: the
	// stream is over.
	ended, gone bool
}

// sent is a mark on its way to a child.
type sent struct {
	*membershipv1.FollowAccessResponse_Mark

	at time.Time
	// lives is until when the child may answer without the mark.
	lives time.Time
}

func (c *children) init() {
	c.all, c.moved = map[*child]struct{}{}, make(chan struct{})
}

// add registers a child, before it is given anything (23).
func (c *children) add(end context.CancelCauseFunc) *child {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.marks++
	one := &child{queue: make(chan *membershipv1.FollowAccessResponse, queued), end: end, first: c.marks, held: c.marks - 1}
	c.all[one] = struct{}{}
	return one
}

// leave forgets a child as soon as it can answer no more.
func (c *children) leave(one *child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.ended, one.gone = true, true
}

// cut ends every child's stream; who may still answer is waited for.
func (c *children) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one := range c.all {
		one.cut(errAnew)
	}
}

// listener keeps changes for the children, when there are any to be told.
func (c *children) listener(told *changed, whole bool) func(engine.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if whole || len(c.all) == 0 {
		return toNobody
	}
	return told.add
}

// tell sends changes to every child, then a mark.
func (c *children) tell(changes []*membershipv1.AccessChanges, bound uint64, now time.Time) (mark int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.marks++
	end := &membershipv1.FollowAccessResponse_Mark{Number: c.marks, Bound: bound}
	for one := range c.all {
		if one.gone && !one.mayAnswer(now) {
			delete(c.all, one)
			continue
		}
		for _, part := range changes {
			one.put(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Changes{Changes: part}})
		}
		one.sent = append(one.sent, sent{end, now, one.lives})
		one.put(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Mark_{Mark: end}})
	}
	return c.marks
}

func (one *child) mayAnswer(now time.Time) bool { return now.Before(one.lives) }

func (one *child) put(message *membershipv1.FollowAccessResponse) {
	if one.ended {
		return
	}
	if len(one.sent) > queued {
		one.cut(errSlow)
		return
	}
	select {
	case one.queue <- message:
	default:
		one.cut(errSlow)
	}
}

func (one *child) cut(cause error) {
	one.ended = true
	one.end(cause)
}

// began notes the mark under what a child was given first.
func (c *children) began(one *child, m *membershipv1.FollowAccessResponse_Mark, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.sent, one.begun = slices.Insert(one.sent, 0, sent{m, now, time.Time{}}), true
}

// holds notes what a child says it has.
func (c *children) holds(one *child, number int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(one.sent) == 0 || one.sent[0].GetNumber() != number {
		return errMarks
	}
	one.held, one.bound, one.sent = number, one.sent[0].GetBound(), one.sent[1:]
	close(c.moved)
	c.moved = make(chan struct{})
	return nil
}

// lend gives a child what is left of the replica's own lease, less a margin,
// after everything that memory had when that lease began to count (23). Who does
// not keep up gets none: every revocation would wait for it.
func (c *children) lend(one *child, number int64, r *Replica) {
	c.mu.Lock()
	defer c.mu.Unlock()
	lease := &membershipv1.FollowAccessResponse_Lease{Number: number}
	now, s := r.Now(), r.standing.Load()
	keepsUp := one.begun && (len(one.sent) == 0 || now.Sub(one.sent[0].at) < keepUp)
	if keepsUp && s.Valid(now) && s.Left(now) > engine.Margin {
		left := s.Left(now) - engine.Margin
		lease.Lasts, lease.ClockMicros, lease.EarlyMicros = durationpb.New(left), s.At(now), s.Early
		if until := now.Add(left + engine.Margin); until.After(one.lives) {
			one.lives = until
		}
	}
	one.put(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Lease_{Lease: lease}})
}

// reported is the bound below which this replica and all its children have
// everything.
func (c *children) reported(own uint64, now time.Time) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one := range c.all {
		if one.mayAnswer(now) {
			own = min(own, one.has(now))
		}
	}
	return own
}

// has is the bound below which a child has everything that it answers from.
func (one *child) has(now time.Time) uint64 {
	bound := one.bound
	for _, m := range one.sent {
		if now.Before(m.lives) {
			break
		}
		bound = m.GetBound()
	}
	return bound
}

// without is until when a child may answer without a mark; past: it cannot.
func (one *child) without(mark int64) time.Time {
	if mark == everyMark {
		return one.lives
	}
	if mark <= one.held {
		return time.Time{}
	}
	for _, m := range one.sent {
		if m.GetNumber() >= mark {
			return m.lives
		}
	}
	return time.Time{}
}

// have tells whether no child answers without a mark.
func (c *children) have(mark int64, now time.Time) bool {
	until, _ := c.late(mark)
	return !now.Before(until)
}

// late is until when a child may answer without a mark, and tells of news.
func (c *children) late(mark int64) (until time.Time, moved <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one := range c.all {
		if at := one.without(mark); at.After(until) {
			until = at
		}
	}
	return until, c.moved
}

// wait returns once no child answers without a mark.
func (c *children) wait(ctx context.Context, mark int64, now func() time.Time) error {
	for ctx.Err() == nil {
		until, moved := c.late(mark)
		left := until.Sub(now())
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		select {
		case <-moved:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return ctx.Err()
}
