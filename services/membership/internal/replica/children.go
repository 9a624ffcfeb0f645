package replica

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
)

const (
	// queued bounds what waits to be sent to one child.
	queued = 1 << 12
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
	// moved is closed, and made anew, when one has more or is gone.
	moved chan struct{}
}

// child is one copy. Its fields are the children's, under their lock.
type child struct {
	queue chan *membershipv1.FollowAccessResponse
	end   context.CancelCauseFunc
	// first is the mark of what it began with, sent are those it has not
	// answered; held is the last it has, with everything below bound.
	first, held int64
	bound       uint64
	sent        []*membershipv1.FollowAccessResponse_Mark
	// lives is until when it may answer by the leases it was given.
	lives time.Time
	// ended: nothing is queued any more, so that what is has no gap; gone: the
	// stream is over.
	ended, gone bool
}

func (c *children) init() {
	c.all, c.moved = map[*child]struct{}{}, make(chan struct{})
}

// add registers a child, before it is given anything (23).
func (c *children) add(end context.CancelCauseFunc) *child {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.marks++
	one := &child{queue: make(chan *membershipv1.FollowAccessResponse, queued), end: end, first: c.marks}
	c.all[one] = struct{}{}
	return one
}

// leave forgets a child as soon as it can answer no more.
func (c *children) leave(one *child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.ended, one.gone = true, true
	c.wake()
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
func (c *children) tell(changes []*membershipv1.AccessChanges, bound uint64) (mark int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.marks++
	end := &membershipv1.FollowAccessResponse_Mark{Number: c.marks, Bound: bound}
	for one := range c.all {
		for _, part := range changes {
			one.put(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Changes{Changes: part}})
		}
		one.sent = append(one.sent, end)
		one.put(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Mark_{Mark: end}})
	}
	return c.marks
}

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
func (c *children) began(one *child, m *membershipv1.FollowAccessResponse_Mark) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.sent = append([]*membershipv1.FollowAccessResponse_Mark{m}, one.sent...)
}

// holds notes what a child says it has.
func (c *children) holds(one *child, number int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(one.sent) > 0 && one.sent[0].GetNumber() <= number {
		one.held, one.bound = one.sent[0].GetNumber(), one.sent[0].GetBound()
		one.sent = one.sent[1:]
	}
	if one.held != number {
		return errMarks
	}
	c.wake()
	return nil
}

// lend gives a child what is left of the replica's own lease, less a margin,
// after everything that memory had when that lease began to count (23).
func (c *children) lend(one *child, number int64, r *Replica) {
	c.mu.Lock()
	defer c.mu.Unlock()
	lease := &membershipv1.FollowAccessResponse_Lease{Number: number}
	now, s := r.Now(), r.standing.Load()
	if s.Valid(now) && one.held >= one.first && s.Left(now) > engine.Margin {
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
	c.forget(now)
	for one := range c.all {
		if one.mayAnswer(now) {
			own = min(own, one.bound)
		}
	}
	return own
}

func (one *child) mayAnswer(now time.Time) bool { return now.Before(one.lives) }

func (c *children) forget(now time.Time) {
	for one := range c.all {
		if one.gone && !one.mayAnswer(now) {
			delete(c.all, one)
		}
	}
}

// have tells whether every child that may answer has a mark.
func (c *children) have(mark int64, now time.Time) bool {
	have, _, _ := c.late(mark, now)
	return have
}

// late gives who is waited for: until when, and what to watch meanwhile.
func (c *children) late(mark int64, now time.Time) (none bool, until time.Time, moved <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	none = true
	for one := range c.all {
		if one.held >= mark || !one.mayAnswer(now) {
			continue
		}
		if none || one.lives.Before(until) {
			until = one.lives
		}
		none = false
	}
	return none, until, c.moved
}

// wait returns once every child that may answer has a mark.
func (c *children) wait(ctx context.Context, mark int64, now func() time.Time) error {
	for {
		at := now()
		none, until, moved := c.late(mark, at)
		if none {
			return nil
		}
		timer := time.NewTimer(until.Sub(at))
		select {
		case <-moved:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (c *children) wake() {
	close(c.moved)
	c.moved = make(chan struct{})
}
