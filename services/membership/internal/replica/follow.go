package replica

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/fence"
)

const (
	// readLimit bounds one reading of everything.
	readLimit = 10 * time.Minute
	// retryPause is about the time before a lost connection is tried again.
	retryPause = 200 * time.Millisecond
)

// Component follows the tables; it is ready once the replica answers from
// memory. When it ends the replica asks the tables again.
func (r *Replica) Component() lifecycle.Component {
	return lifecycle.Component{Name: "decisions", Run: func(ctx context.Context, ready func()) error {
		defer r.settling.Wait()
		for ctx.Err() == nil {
			err := r.connected(ctx, ready)
			if ctx.Err() != nil {
				break
			}
			r.Telemetry.Log.WarnContext(ctx, "decisions cannot follow the database", slog.Any("error", err))
			clock.Wait(ctx, retryPause/2+rand.N(retryPause))
		}
		return nil
	}}
}

// connected follows over one connection until it breaks or ctx ends.
func (r *Replica) connected(ctx context.Context, ready func()) error {
	conn, err := r.DB.Dedicated(ctx)
	if err != nil {
		return err
	}
	f := &follower{Replica: r, conn: conn}
	defer f.leave(ctx)
	defer f.rebuild.wait()
	if err := f.begin(ctx); err != nil {
		return err
	}
	for {
		f.rebuild.turn(ctx, f)
		f.admit(ctx)
		if err := f.renew(ctx); err != nil {
			return err
		}
		if r.standing.Load().Valid(r.Now()) {
			ready()
			if err := f.listen(ctx); err != nil {
				return err
			}
		}
	}
}

// follower is a replica on one connection.
type follower struct {
	*Replica
	conn *pgx.Conn
	// lease is the transaction that renewed the lease last.
	lease   uint64
	rebuild rebuild
}

// begin makes the connection one for following, and forgets what another
// server said (10).
func (f *follower) begin(ctx context.Context) error {
	_, err := f.conn.Exec(ctx, "SET statement_timeout = 0; SET synchronous_commit = on; LISTEN "+fence.Channel)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	var server string
	err = f.conn.QueryRow(ctx, `
SELECT system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
FROM pg_control_system()`).Scan(&server)
	if err != nil {
		return fmt.Errorf("asking the server who it is: %w", err)
	}
	if server != f.memory.server {
		f.memory.server, f.memory.bound = server, 0
	}
	return nil
}

// renew is the renewal, strictly in this order (8): the instant; the lease,
// committed; what changed; and only then the lease counts, from that instant.
func (f *follower) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	since := f.Now()
	var inserted bool
	var xact string
	var at time.Time
	err := f.conn.QueryRow(ctx, `
INSERT INTO decision_lease AS l (id, renewal, bound)
VALUES ($1, 1, $2::text::xid8)
ON CONFLICT (id) DO UPDATE
SET renewal = l.renewal + 1,
    bound = excluded.bound
RETURNING xmax = 0, pg_current_xact_id()::text, clock_timestamp()`,
		f.id, strconv.FormatUint(f.children.reported(f.memory.bound, since), 10)).Scan(&inserted, &xact, &at)
	if err != nil {
		return fmt.Errorf("renewing the lease: %w", err)
	}
	next := engine.Standing{Since: since, Lasts: engine.Lease, Clock: at.UnixMicro(), Early: f.Now().Sub(since).Microseconds()}
	if f.lease, err = strconv.ParseUint(xact, 10, 64); err != nil {
		return fmt.Errorf("renewing the lease: %w", err)
	}
	if inserted {
		f.memory.bound = 0 // who removed it may have taken anything away since (10)
	}
	if _, err := f.follow(ctx); err != nil {
		return err
	}
	next.View = f.memory.view
	f.standing.Store(next.After(f.standing.Load()))
	return nil
}

// follow reads what changed, and tells those who hang on this replica, with a
// mark that they answer.
func (f *follower) follow(ctx context.Context) (mark int64, err error) {
	var told changed
	whole := f.memory.bound == 0
	if err := f.memory.follow(ctx, f.conn, f.lease, f.children.listener(&told, whole)); err != nil {
		return 0, err
	}
	if whole { // they start anew, from what is there now
		f.children.cut()
	}
	return f.children.tell(told.parts(), f.memory.bound, f.Now()), nil
}

// listen answers fences until the lease is to be renewed.
func (f *follower) listen(ctx context.Context) error {
	due, cancel := context.WithDeadline(ctx, f.standing.Load().Since.Add(pause))
	defer cancel()
	for due.Err() == nil {
		n, err := f.conn.WaitForNotification(due)
		if due.Err() != nil && err != nil {
			break
		}
		if err != nil {
			return fmt.Errorf("waiting for fences: %w", err)
		}
		if err := f.acknowledge(ctx, append(f.waiting(ctx), n.Payload)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// waiting takes the fences that have arrived already.
func (f *follower) waiting(ctx context.Context) (payloads []string) {
	over, cancel := context.WithCancel(ctx)
	cancel()
	for {
		n, err := f.conn.WaitForNotification(over)
		if err != nil {
			return payloads
		}
		payloads = append(payloads, n.Payload)
	}
}

// acknowledge reads what changed, in a statement that begins after the fences
// arrived, and says so to those who wait (12, 15).
func (f *follower) acknowledge(ctx context.Context, fences []string) error {
	reading, cancel := context.WithTimeout(ctx, engine.Lease)
	defer cancel()
	mark, err := f.follow(reading)
	if err != nil {
		return err
	}
	channels, payloads := make([]string, len(fences)), make([]string, len(fences))
	for i, one := range fences {
		channel, round, _ := strings.Cut(one, " ")
		channels[i], payloads[i] = channel, round+" "+f.id.String()
	}
	if !f.children.have(mark, f.Now()) {
		f.settling.Go(func() { f.settle(ctx, mark, pg.Query{SQL: answer, Args: []any{channels, payloads}}) })
		return nil
	}
	if _, err := f.conn.Exec(reading, answer, channels, payloads); err != nil {
		return fmt.Errorf("acknowledging: %w", err)
	}
	return nil
}

// answer is lost with the server that was asked to pass it on: it waits for no
// disk.
const answer = `
SELECT pg_notify(c, p)
FROM unnest($1::text[], $2::text[]) AS f (c, p), set_config('synchronous_commit', 'off', true)`

// settle acknowledges once those who hang on this replica have the mark too, or
// can answer no more (24). An answer that is lost is a wait for the lease.
func (f *follower) settle(ctx context.Context, mark int64, q pg.Query) {
	err := f.children.wait(ctx, mark, f.Now)
	if err == nil {
		err = f.DB.ReadSystem(ctx, "acknowledging", q, func(pgx.Rows) error { return nil })
	}
	if err != nil && ctx.Err() == nil {
		f.Telemetry.Log.WarnContext(ctx, "a revocation could not be acknowledged", slog.Any("error", err))
	}
}

// leave closes the connection. A replica that stops answers no more, and then
// gives its lease back, so that nobody waits for it.
func (f *follower) leave(ctx context.Context) {
	stopping, cancel := lifecycle.Stopping(ctx)
	defer cancel()
	if ctx.Err() != nil {
		f.standing.Store(nil)
		f.children.cut()
		if f.children.have(everyMark, f.Now()) { // else they answer until it has aged
			f.giveBack(stopping)
		}
	}
	_ = f.conn.Close(stopping)
}

// giveBack removes the lease; where it cannot, the lease just ages. What was
// under way when the end came may have taken the connection with it.
func (f *follower) giveBack(ctx context.Context) {
	if f.conn.IsClosed() {
		conn, err := f.DB.Dedicated(ctx)
		if err != nil {
			return
		}
		f.conn = conn
	}
	_, _ = f.conn.Exec(ctx, "DELETE FROM decision_lease WHERE id = $1", f.id)
}
