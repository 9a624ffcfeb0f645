// Package fence is the wait of whoever takes access away: it returns once no
// replica (package replica) answers from what it held before the call. The
// numbers in comments are the rules of the revocation protocol
// (deploy/docs/adr/0017-decisions-from-memory.md).
package fence

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
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
	Lease     time.Duration
	Telemetry *telemetry.Telemetry
}

// Fence waits for replicas. Calls that come while a round is under way share
// the next. Safe for concurrent use.
type Fence struct {
	Options

	channel string
	leading sync.WaitGroup
	took    metric.Float64Histogram

	mu      sync.Mutex
	rounds  int64
	waiting map[int64]*round
	next    *joint // those who came while a round was under way
	busy    bool
}

// New makes a fence; its Component hears the answers.
func New(o Options) (*Fence, error) {
	name := strings.ReplaceAll(id.New().String(), "-", "")
	took, err := o.Telemetry.Meter.Meter("decisions").Float64Histogram("aval_decisions_fence_seconds",
		metric.WithDescription("Time until every replica had a change of access; alarm over 2, where a replica is silent."),
		metric.WithExplicitBucketBoundaries(.001, .0025, .005, .01, .025, .05, .1, .5, 1, 2, 4))
	if err != nil {
		return nil, fmt.Errorf("making metrics of the fence: %w", err)
	}
	return &Fence{Options: o, channel: Channel + "_" + name, waiting: map[int64]*round{}, took: took}, nil
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

func (f *Fence) round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*f.Lease)
	defer cancel()
	begun := time.Now()
	defer func() { f.took.Record(ctx, time.Since(begun).Seconds()) }()
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
			f.Telemetry.Log.WarnContext(ctx, "replicas did not acknowledge a revocation", slog.Int("replicas", len(r.left)))
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
