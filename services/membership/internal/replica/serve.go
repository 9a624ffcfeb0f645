package replica

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/fault"
)

// admission bounds the taking of a snapshot, for which all others wait.
const admission = time.Second

// Feed is the stream of one copy.
type Feed = grpc.BidiStreamingServer[membershipv1.FollowAccessRequest, membershipv1.FollowAccessResponse]

// Serve feeds a copy of the decision in a caller's process, until either ends
// it: everything or what changed since the copy's bound, then every change, and
// leases as the copy asks for them.
func (r *Replica) Serve(feed Feed) error {
	request, err := feed.Recv()
	if err != nil {
		return err
	}
	if request.GetJoin() == nil {
		return fault.Invalid("join", "required")
	}
	ctx, end := context.WithCancelCause(feed.Context())
	defer end(nil)
	conn, err := r.DB.Dedicated(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, "SET statement_timeout = 0; SET default_transaction_isolation = 'repeatable read'")
	if err == nil {
		_, err = conn.Exec(ctx, "BEGIN READ ONLY")
	}
	if err != nil {
		return fmt.Errorf("beginning a copy: %w", err)
	}
	j := &joining{conn: conn, join: request.GetJoin(), end: end, done: make(chan error, 1)}
	if err := r.join(ctx, j); err != nil {
		return err
	}
	defer r.children.leave(j.child)
	go r.receive(feed, j)
	if err := r.begin(ctx, feed, j); err != nil {
		return err
	}
	if err := conn.Close(ctx); err != nil {
		return fmt.Errorf("closing the snapshot: %w", err)
	}
	return deliver(ctx, feed, j.child)
}

// joining is a copy that wants to hang on this replica. Its snapshot lies
// between two readings of the follower: what the follower reads before is in it,
// and what it reads after is sent to the copy.
type joining struct {
	conn *pgx.Conn
	join *membershipv1.FollowAccessRequest_Join
	end  context.CancelCauseFunc
	done chan error

	// Set by the follower.
	child  *child
	source string
	lease  uint64
}

func (r *Replica) join(ctx context.Context, j *joining) error {
	select {
	case r.joining <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-j.done
}

// admit takes in who waits to join.
func (f *follower) admit(ctx context.Context) {
	for {
		select {
		case j := <-f.joining:
			j.done <- f.take(ctx, j)
		default:
			return
		}
	}
}

func (f *follower) take(ctx context.Context, j *joining) error {
	ctx, cancel := context.WithTimeout(ctx, admission)
	defer cancel()
	if f.memory.bound == 0 {
		return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.RetryAfter(time.Second))
	}
	if _, err := j.conn.Exec(ctx, "SELECT 1"); err != nil { // the first statement's snapshot is that of all
		return fmt.Errorf("taking a snapshot: %w", err)
	}
	j.child, j.source, j.lease = f.children.add(j.end), f.memory.server, f.lease
	return nil
}

// begin sends what the copy lacks.
func (r *Replica) begin(ctx context.Context, feed Feed, j *joining) error {
	whole := j.join.GetBound() == 0 || j.join.GetSource() != j.source
	q := query{changes(), []any{strconv.FormatUint(j.join.GetBound(), 10)}}
	if whole {
		q = query{everything(), nil}
	}
	err := feed.Send(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Begin_{
		Begin: &membershipv1.FollowAccessResponse_Begin{Source: j.source, Whole: whole},
	}})
	if err != nil {
		return err
	}
	var told changed
	xmin, err := read(ctx, j.conn, q, func(c engine.Change) error {
		told.add(c)
		if told.rows < partRows {
			return nil
		}
		return sendChanges(feed, told.parts())
	})
	if err != nil {
		return err
	}
	if err := sendChanges(feed, told.parts()); err != nil {
		return err
	}
	mark := &membershipv1.FollowAccessResponse_Mark{Number: j.child.first, Bound: min(xmin, j.lease+1)}
	r.children.began(j.child, mark, r.Now())
	return feed.Send(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Mark_{Mark: mark}})
}

func sendChanges(feed Feed, parts []*membershipv1.AccessChanges) error {
	for _, part := range parts {
		err := feed.Send(&membershipv1.FollowAccessResponse{Kind: &membershipv1.FollowAccessResponse_Changes{Changes: part}})
		if err != nil {
			return err
		}
	}
	return nil
}

// receive takes what the copy says until the stream ends.
func (r *Replica) receive(feed Feed, j *joining) {
	for {
		request, err := feed.Recv()
		if err == nil {
			err = r.take(request, j.child)
		}
		if err != nil {
			j.end(err)
			return
		}
	}
}

func (r *Replica) take(request *membershipv1.FollowAccessRequest, one *child) error {
	switch kind := request.GetKind().(type) {
	case *membershipv1.FollowAccessRequest_Held:
		return r.children.holds(one, kind.Held)
	case *membershipv1.FollowAccessRequest_Renew:
		r.children.lend(one, kind.Renew, r)
		return nil
	default:
		return errors.New("a copy joins once")
	}
}

// deliver sends what is queued for a copy.
func deliver(ctx context.Context, feed Feed, one *child) error {
	for {
		select {
		case message := <-one.queue:
			if err := feed.Send(message); err != nil {
				return err
			}
		case <-ctx.Done():
			return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(context.Cause(ctx)))
		}
	}
}
