package accessclient

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const (
	// underWay is how many messages may be on their way at once: what is asked
	// meanwhile goes together in the next.
	underWay = 2
	// streamLife ends a stream well before its connection gets too old, and lets
	// a new one find another server.
	streamLife = time.Minute
	// maxTries is how often a question is sent whose stream is lost.
	maxTries = 2
)

var (
	errLate    = errors.New("the server does not answer in time")
	errGarbled = errors.New("the server answers what was not asked")
)

// run carries what is asked, over one stream after the other.
func (c *Client) run(ctx context.Context) {
	var again []*asked
	quiet := false // until a stream works again, one loss is told
	for ctx.Err() == nil {
		f := &flow{Client: c, held: again, free: make(chan struct{}, underWay), sent: make(chan *batch, underWay)}
		err := f.carry(ctx)
		again = f.rest(err)
		if err == nil || ctx.Err() != nil {
			continue
		}
		c.signals.lost.Add(ctx, 1)
		if f.worked || !quiet {
			c.options.Log.WarnContext(ctx, "the stream of access decisions was lost", slog.Any("error", err))
		}
		quiet = true
	}
}

// flow is one stream. A message is sent when one of the places in free can be
// had, and is in sent until it is answered.
type flow struct {
	*Client
	stream grpc.BidiStreamingClient[membershipv1.StreamCheckAccessRequest, membershipv1.StreamCheckAccessResponse]
	end    context.CancelCauseFunc
	held   []*asked // goes first
	free   chan struct{}
	sent   chan *batch
	worked bool // it answered
}

// batch is one message: what several callers ask.
type batch struct {
	all    []*asked
	checks []*membershipv1.CheckAccessRequest
	late   *time.Timer
}

// carry opens the stream once there is something to ask, and returns when it has
// ended; nil: because it was old.
func (f *flow) carry(ctx context.Context) (err error) {
	if !f.wait(ctx) {
		return nil
	}
	ctx, f.end = context.WithCancelCause(ctx)
	defer f.end(nil)
	if f.stream, err = f.access.StreamCheckAccess(ctx); err != nil {
		return err
	}
	var sending sync.WaitGroup
	sending.Go(func() { f.send(ctx) })
	err = f.receive()
	f.end(err)
	sending.Wait()
	if err != nil {
		err = context.Cause(ctx) // what ended it first
	}
	return err
}

// wait returns once there is something to ask.
func (f *flow) wait(ctx context.Context) bool {
	if len(f.held) > 0 {
		return true
	}
	select {
	case one := <-f.queue:
		f.held = append(f.held, one)
		return true
	case <-ctx.Done():
		return false
	}
}

// send sends batches until the stream is old or lost.
func (f *flow) send(ctx context.Context) {
	old := time.NewTimer(f.life)
	defer old.Stop()
	defer f.finish()
	for {
		select {
		case f.free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		b := &batch{}
		for len(b.all) == 0 {
			if len(f.held) == 0 && !f.next(ctx, old.C) {
				return
			}
			f.gather(b)
		}
		f.signals.batch.Record(ctx, int64(len(b.checks)))
		b.late = time.AfterFunc(f.options.Timeout, func() { f.end(errLate) })
		f.sent <- b
		if f.stream.Send(&membershipv1.StreamCheckAccessRequest{Checks: b.checks}) != nil {
			return // who receives hears why
		}
	}
}

// finish lets the server answer what it was asked, and end the stream.
func (f *flow) finish() {
	time.AfterFunc(f.options.Timeout, func() { f.end(errLate) })
	_ = f.stream.CloseSend() // it has ended already where this fails
}

// next waits for the next question.
func (f *flow) next(ctx context.Context, old <-chan time.Time) bool {
	select {
	case one := <-f.queue:
		f.held = append(f.held, one)
		return true
	case <-old:
		return false
	case <-ctx.Done():
		return false
	}
}

// gather takes all that waits and finds room; who waits no longer is left out.
func (f *flow) gather(b *batch) {
	for {
		if len(f.held) == 0 {
			select {
			case one := <-f.queue:
				f.held = append(f.held, one)
			default:
				return
			}
		}
		one := f.held[0]
		if len(b.checks)+len(one.checks) > together {
			return
		}
		f.held = f.held[1:]
		select {
		case <-one.gone:
		default:
			b.all, b.checks = append(b.all, one), append(b.checks, one.checks...)
		}
	}
}

// receive hands the answers out until the stream ends.
func (f *flow) receive() error {
	for {
		found, err := f.stream.Recv()
		if errors.Is(err, io.EOF) && len(f.sent) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if len(f.sent) == 0 {
			return errGarbled
		}
		if b := <-f.sent; !b.answer(found) {
			return errGarbled
		}
		f.worked = true
		<-f.free
	}
}

// rest gives what is to be asked again after the stream has ended.
func (f *flow) rest(cause error) (again []*asked) {
	close(f.sent)
	var lost []*asked
	for b := range f.sent {
		b.late.Stop()
		lost = append(lost, b.all...)
	}
	if cause == nil {
		return append(lost, f.held...) // it ended as it should, and the last came too late
	}
	for _, one := range append(lost, f.held...) {
		if one.tries++; one.tries < maxTries {
			again = append(again, one)
		} else {
			one.answered <- answer{err: unavailable(cause)}
		}
	}
	return again
}

// answer gives each caller what they asked; false when it is not that.
func (b *batch) answer(found *membershipv1.StreamCheckAccessResponse) bool {
	b.late.Stop()
	err, results := error(nil), found.GetResults()
	switch {
	case found.GetError() != nil:
		err = unavailable(status.ErrorProto(found.GetError()))
	case len(results) != len(b.checks):
		err = unavailable(errGarbled)
	}
	for _, one := range b.all {
		a := answer{decided: found.GetDecideTime().AsTime(), err: err}
		if err == nil {
			a.results, results = results[:len(one.checks)], results[len(one.checks):]
		}
		one.answered <- a
	}
	return found.GetError() != nil || err == nil
}
