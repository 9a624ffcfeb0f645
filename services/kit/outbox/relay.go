package outbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/metric"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const (
	pollInterval = time.Second
	longestPause = 10 * time.Second
	batchSize    = 100
	closeTimeout = 2 * time.Second
	// linger lets whoever made an event answer first, and gathers those that
	// come together: what follows from a fact competes with it for the disk.
	linger = 20 * time.Millisecond
	// leaderLock is the advisory lock of the leading relay, one per database.
	leaderLock = 0x6f7574626f78 // "outbox"
)

// RelayOptions are all required but Telemetry.
type RelayOptions struct {
	DB *pg.DB
	JS jetstream.JetStream
	// Source is the service's name; events carry "/aval/<source>".
	Source    string
	Telemetry *telemetry.Telemetry
}

type relay struct {
	RelayOptions
	// oldest is the age of the oldest unpublished event, in milliseconds; only
	// the leading relay knows it.
	oldest    atomic.Int64
	published metric.Int64Counter
	failed    metric.Int64Counter
}

// Relay gives the component that publishes a service's events. Of several
// processes one leads; it is ready at once, for a broker that is down delays
// facts and nothing else.
func Relay(o RelayOptions) lifecycle.Component {
	return lifecycle.Component{Name: "outbox relay", Run: func(ctx context.Context, ready func()) error {
		r := &relay{RelayOptions: o}
		if r.Telemetry == nil {
			r.Telemetry = telemetry.Discard()
		}
		if err := r.measure(); err != nil {
			return err
		}
		ready()
		r.run(ctx)
		return nil
	}}
}

func (r *relay) measure() (err error) {
	meter := r.Telemetry.Meter.Meter("outbox")
	if r.published, err = meter.Int64Counter("aval_outbox_published_total",
		metric.WithDescription("Events that the broker has stored.")); err != nil {
		return fmt.Errorf("making metrics of relay: %w", err)
	}
	if r.failed, err = meter.Int64Counter("aval_outbox_failures_total",
		metric.WithDescription("Rounds in which an event could not be published.")); err != nil {
		return fmt.Errorf("making metrics of relay: %w", err)
	}
	_, err = meter.Float64ObservableGauge("aval_outbox_oldest_unpublished_seconds",
		metric.WithDescription("Age of the oldest event not yet published; alarm over 30."),
		metric.WithFloat64Callback(func(_ context.Context, o metric.Float64Observer) error {
			o.Observe(float64(r.oldest.Load()) / 1000)
			return nil
		}))
	if err != nil {
		return fmt.Errorf("making metrics of relay: %w", err)
	}
	return nil
}

// run leads again and again: losing the connection is losing the lock.
func (r *relay) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := r.serve(ctx); err != nil && ctx.Err() == nil {
			r.Telemetry.Log.Warn("relay interrupted", "error", err)
		}
		r.oldest.Store(0)
		clock.Wait(ctx, pollInterval)
	}
}

// serve does everything on one connection, so that a relay which lost the lock
// cannot mark rows any more.
func (r *relay) serve(ctx context.Context) error {
	conn, err := r.DB.Dedicated(ctx)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		_ = conn.Close(closing)
	}()
	// What a crash of the database forgets of publishing is published again,
	// and known by its id.
	if _, err := conn.Exec(ctx, "SET synchronous_commit = off"); err != nil {
		return fmt.Errorf("setting up the relay: %w", err)
	}
	if err := waitForLead(ctx, conn); err != nil {
		return err
	}
	return r.lead(ctx, conn)
}

func waitForLead(ctx context.Context, conn *pgx.Conn) error {
	for {
		var leads bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(leaderLock)).Scan(&leads); err != nil {
			return fmt.Errorf("asking for the relay's lead: %w", err)
		}
		if leads {
			return nil
		}
		clock.Wait(ctx, pollInterval)
	}
}

func (r *relay) lead(ctx context.Context, conn *pgx.Conn) error {
	woken := r.DB.Signal(topic)
	failures := 0
	for ctx.Err() == nil {
		round, err := r.publishBatch(ctx, conn)
		if err != nil {
			return err
		}
		switch {
		case round.failed > 0:
			failures++
			r.failed.Add(ctx, 1)
			r.Telemetry.Log.Warn("events not published", "count", round.failed, "error", round.err)
			clock.Wait(ctx, backoff(failures)) // new events would meet the same broker
		case round.read == batchSize:
			failures = 0
		default:
			failures = 0
			waitFor(ctx, woken, pollInterval)
			clock.Wait(ctx, linger)
		}
	}
	return ctx.Err()
}

func backoff(failures int) time.Duration {
	delay := longestPause
	if failures < 6 {
		delay = min(longestPause, 100*time.Millisecond<<failures)
	}
	return delay + rand.N(delay/4) // jitter
}

// waitFor ends when the channel says so, and after d anyway.
func waitFor(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}
