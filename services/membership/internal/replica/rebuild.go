package replica

import (
	"context"
	"log/slog"
	"math/rand/v2"
)

// rebuild makes a view beside the living one, to take its place: records that
// were changed keep their room in the old.
type rebuild struct {
	made chan *memory // nil: none is being made; closed without one: it failed
	stop context.CancelFunc
}

// turn takes the view that is ready, or has one made when the old needs it. What
// changed meanwhile is read next: the new bound says since when.
func (r *rebuild) turn(ctx context.Context, f *follower) {
	if r.made != nil {
		select {
		case made := <-r.made:
			r.wait()
			if made != nil {
				// The old view answers until the new one stands, and may have
				// read less: what is reported is true of both (12).
				f.memory.view, f.memory.bound = made.view, min(made.bound, f.memory.bound)
			}
		default:
		}
		return
	}
	if f.memory.bound == 0 || !f.memory.view.Stale() {
		return
	}
	ctx, r.stop = context.WithCancel(ctx)
	r.made = make(chan *memory, 1)
	go build(ctx, source{f.Replica, f.lease}, r.made)
}

// source is what a new memory is made from, and the lease below which it may
// count on numbers.
type source struct {
	*Replica
	lease uint64
}

// build sends a new memory, or none, and closes the channel.
func build(ctx context.Context, from source, made chan<- *memory) {
	defer close(made)
	m := memory{seed: rand.Uint64()}
	conn, err := from.DB.Dedicated(ctx)
	if err == nil {
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		_, err = conn.Exec(ctx, "SET statement_timeout = 0")
	}
	if err == nil {
		err = m.follow(ctx, conn, from.lease, toNobody)
	}
	if err != nil {
		from.Telemetry.Log.WarnContext(ctx, "the decision's memory could not be built anew", slog.Any("error", err))
		return
	}
	made <- &m
}

// wait ends what is being made.
func (r *rebuild) wait() {
	if r.made == nil {
		return
	}
	r.stop()
	for range r.made { // until it is closed
	}
	r.made = nil
}
