// Package fence is the wait of whoever takes access away: it returns once no
// replica (package replica) answers from what it held before the call. The
// numbers in comments are the rules of the revocation protocol
// (deploy/docs/adr/0017-decisions-from-memory.md).
package fence

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/pg"
)

// Channel is where replicas hear of fences: "<channel to answer on> <round>".
// They answer "<round> <lease>".
const Channel = "aval_fence"

const (
	// look is how often the leases are read again while answers are missing:
	// a renewal may say what an answer that got lost did not.
	look = 250 * time.Millisecond
	// retryPause is the time before a lost connection is tried again.
	retryPause = 200 * time.Millisecond
)

// Options are what a Fence needs.
type Options struct {
	DB *pg.DB
	// Lease is how long a lease that is not renewed can still be answered
	// from, with the margin for clocks that drift (3).
	Lease time.Duration
	Log   *slog.Logger
}

// Fence waits for replicas. Calls that come while a round is under way share
// the next. Safe for concurrent use.
type Fence struct {
	Options

	channel string
	leading sync.WaitGroup

	mu      sync.Mutex
	rounds  int64
	waiting map[int64]*round
	next    *joint // those who came while a round was under way
	busy    bool
}

// New makes a fence; its Component hears the answers.
func New(o Options) *Fence {
	name := strings.ReplaceAll(id.New().String(), "-", "")
	return &Fence{Options: o, channel: Channel + "_" + name, waiting: map[int64]*round{}}
}

// joint is what several calls wait for together.
type joint struct {
	done chan struct{}
	err  error
}

// Wait returns nil once every replica has whatever was committed before the
// call, or can answer from memory no more. Everything else is
// REASON_REVOCATION_PENDING: durable, and not yet known everywhere (6).
func (f *Fence) Wait(ctx context.Context) error {
	j, lead := f.join()
	if lead {
		f.leading.Go(func() { f.lead(context.WithoutCancel(ctx)) })
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return pending(ctx.Err())
	}
}

func pending(err error) error {
	return fault.New(reasonv1.Reason_REASON_REVOCATION_PENDING, fault.Cause(err), fault.RetryAfter(time.Second))
}

// join is the round that begins after this call; lead tells who has to run it.
func (f *Fence) join() (j *joint, lead bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == nil {
		f.next = &joint{done: make(chan struct{})}
	}
	lead, f.busy = !f.busy, true
	return f.next, lead
}

// lead runs rounds until nobody waits.
func (f *Fence) lead(ctx context.Context) {
	for {
		f.mu.Lock()
		j := f.next
		f.next = nil
		if f.busy = j != nil; !f.busy {
			f.mu.Unlock()
			return
		}
		f.mu.Unlock()
		if err := f.round(ctx); err != nil {
			j.err = pending(err)
		}
		close(j.done)
	}
}

// round is one fence. It has seen what was committed before it began.
type round struct {
	number int64
	left   map[string]lease
	heard  chan string // leases that answered
}

// lease is a row that may be answered from.
type lease struct {
	renewal int64
	bound   uint64
}

func (f *Fence) round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*f.Lease)
	defer cancel()
	r := f.open()
	defer f.close(r)
	leases, xact, err := f.nudge(ctx, r.number)
	if err != nil {
		return err
	}
	r.left = leases
	return f.await(ctx, r, xact)
}

func (f *Fence) open() *round {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rounds++
	r := &round{number: f.rounds, heard: make(chan string, 64)}
	f.waiting[r.number] = r
	return r
}

func (f *Fence) close(r *round) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.waiting, r.number)
}

// await ends with the last answer, or when no lease that was listed can be
// answered from any more: by this process's clock, from when the list was
// received (2).
func (f *Fence) await(ctx context.Context, r *round, xact uint64) error {
	over := time.NewTimer(f.Lease)
	defer over.Stop()
	again := time.NewTicker(look)
	defer again.Stop()
	for len(r.left) > 0 {
		select {
		case one := <-r.heard:
			delete(r.left, one)
		case <-again.C:
			now, err := f.leases(ctx)
			if err != nil {
				continue // the answers, or the time, will do
			}
			r.renewed(now, xact)
		case <-over.C:
			f.Log.WarnContext(ctx, "replicas did not acknowledge a revocation", slog.Int("replicas", len(r.left)))
			return f.remove(ctx, r.left)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// renewed strikes out who has everything that was committed before the fence:
// their bound is past it (2).
func (r *round) renewed(now map[string]lease, xact uint64) {
	for one, l := range now {
		if l.bound > xact {
			delete(r.left, one)
		}
	}
}

// nudge tells the replicas, and lists the leases in a statement that begins
// after the commit of whoever waits (1). xact is younger than that commit.
func (f *Fence) nudge(ctx context.Context, number int64) (leases map[string]lease, xact uint64, err error) {
	query := pg.Query{SQL: `
SELECT pg_current_xact_id()::text, ARRAY(
  SELECT l.id || ' ' || l.renewal || ' ' || l.bound
  FROM decision_lease l
)
FROM pg_notify($1, $2)`, Args: []any{Channel, f.channel + " " + strconv.FormatInt(number, 10)}}
	err = f.DB.ReadSystem(ctx, "fence", query, func(rows pgx.Rows) error {
		var listed []string
		var number string
		_, err := pgx.ForEachRow(rows, []any{&number, &listed}, func() error {
			leases, err = parse(listed)
			return err
		})
		if err != nil {
			return err
		}
		xact, err = strconv.ParseUint(number, 10, 64)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("telling the replicas: %w", err)
	}
	return leases, xact, nil
}

func (f *Fence) leases(ctx context.Context) (out map[string]lease, err error) {
	query := pg.Query{SQL: `
SELECT l.id || ' ' || l.renewal || ' ' || l.bound
FROM decision_lease l
ORDER BY l.id
LIMIT 10000`}
	err = f.DB.ReadSystem(ctx, "fence", query, func(rows pgx.Rows) error {
		listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		out, err = parse(listed)
		return err
	})
	return out, err
}

// parse reads "<id> <renewal> <bound>".
func parse(listed []string) (map[string]lease, error) {
	out := make(map[string]lease, len(listed))
	for _, one := range listed {
		var name string
		var l lease
		if _, err := fmt.Sscan(one, &name, &l.renewal, &l.bound); err != nil {
			return nil, fmt.Errorf("reading a lease: %w", err)
		}
		out[name] = l
	}
	return out, nil
}

// remove deletes leases that were waited for and not renewed since: nobody
// answers from them any more, and nobody needs to wait for them again (4).
func (f *Fence) remove(ctx context.Context, left map[string]lease) error {
	ids, renewals := make([]string, 0, len(left)), make([]int64, 0, len(left))
	for one, l := range left {
		ids, renewals = append(ids, one), append(renewals, l.renewal)
	}
	return f.DB.InSystem(ctx, "fence", func(ctx context.Context, tx pg.Tx) error {
		_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "removing leases that ran out", SQL: `
DELETE FROM decision_lease l
USING unnest(@ids::uuid[], @renewals::bigint[]) AS old (id, renewal)
WHERE l.id = old.id
  AND l.renewal = old.renewal`, Args: pgx.NamedArgs{"ids": ids, "renewals": renewals}})
		return err
	})
}

// Component hears the replicas' answers. Without it a fence still waits, as
// long as leases last.
func (f *Fence) Component() lifecycle.Component {
	return lifecycle.Component{Name: "fence", Run: func(ctx context.Context, ready func()) error {
		defer f.leading.Wait()
		for ctx.Err() == nil {
			if err := f.hear(ctx, ready); ctx.Err() == nil {
				f.Log.WarnContext(ctx, "fence cannot hear the replicas", slog.Any("error", err))
				clock.Wait(ctx, retryPause)
			}
		}
		return nil
	}}
}

func (f *Fence) hear(ctx context.Context, ready func()) error {
	conn, err := f.DB.Dedicated(ctx)
	if err != nil {
		return err
	}
	defer func() {
		stopping, cancel := lifecycle.Stopping(ctx)
		defer cancel()
		_ = conn.Close(stopping)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+f.channel); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	ready()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("waiting for answers: %w", err)
		}
		f.answered(n.Payload)
	}
}

// answered takes "<round> <lease>".
func (f *Fence) answered(payload string) {
	number, from, _ := strings.Cut(payload, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return
	}
	f.mu.Lock()
	r := f.waiting[n]
	f.mu.Unlock()
	if r == nil {
		return
	}
	select {
	case r.heard <- from:
	default: // more answers than anybody waits for
	}
}
