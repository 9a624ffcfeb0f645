package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/natsboot"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { pgtest.Main(m) }

type bundle struct {
	t   *testing.T
	db  *pg.DB
	js  jetstream.JetStream
	tel *telemetry.Telemetry
	got chan delivered
}

type delivered struct {
	event bus.Event
	trace trace.TraceID
}

func setup(t *testing.T) *bundle {
	t.Helper()
	tel := telemetry.Discard()
	tel.Tracer = sdktrace.NewTracerProvider()
	return &bundle{t: t, db: pgtest.DB(t, "sample", nil), js: bustest.Start(t).JS(), tel: tel, got: make(chan delivered, 1000)}
}

func (b *bundle) relay() (stop func()) {
	return lifecycletest.Run(b.t, outbox.Relay(outbox.RelayOptions{DB: b.db, JS: b.js, Source: "sample", Telemetry: b.tel}))
}

func (b *bundle) consume() {
	spec := bus.Spec{Name: "reader", Stream: bus.StreamMembership, Telemetry: b.tel,
		Handler: func(ctx context.Context, e bus.Event) error {
			b.got <- delivered{event: e, trace: trace.SpanContextFromContext(ctx).TraceID()}
			return nil
		}}
	require.NoError(b.t, bus.Consumers(b.t.Context(), b.js, spec))
	lifecycletest.Run(b.t, bus.Consume(b.js, spec))
}

func (b *bundle) receive() delivered {
	b.t.Helper()
	select {
	case d := <-b.got:
		return d
	case <-time.After(patience):
		require.Fail(b.t, "nothing received")
		return delivered{}
	}
}

func (b *bundle) append(ctx context.Context, tenant id.ID, e outbox.Event) error {
	return b.db.InTenant(ctx, tenant, func(ctx context.Context, tx pg.Tx) error { return outbox.Append(ctx, tx, e) })
}

func event(aggregate id.ID, version int64) outbox.Event {
	return outbox.Event{AggregateType: "sample", AggregateID: aggregate, Version: version,
		Message: bustest.Sample(fmt.Sprint(version))}
}

func (b *bundle) unpublished() (n int) {
	require.NoError(b.t, b.db.InApp(b.t.Context(), func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM outbox WHERE published_at IS NULL").Scan(&n)
	}))
	return n
}

func TestOneTraceReachesTheConsumer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.consume()
	b.relay()
	ctx, span := b.tel.Tracer.Tracer("test").Start(t.Context(), "command")
	defer span.End()
	tenant, aggregate := id.New(), id.New()
	require.NoError(t, b.append(ctx, tenant, event(aggregate, 1)))

	d := b.receive()
	require.Equal(t, span.SpanContext().TraceID(), d.trace)
	require.Equal(t, tenant, d.event.Tenant)
	require.Equal(t, aggregate, d.event.AggregateID)
	require.Equal(t, "1", bustest.Text(d.event.Message))
	require.Eventually(t, func() bool { return b.unpublished() == 0 }, patience, 10*time.Millisecond)
}

func TestWhatDidNotCommitIsNotPublished(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.consume()
	b.relay()
	tenant := id.New()
	broken := errors.New("broken")
	err := b.db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, outbox.Append(ctx, tx, event(id.New(), 1)))
		return broken
	})
	require.ErrorIs(t, err, broken)
	require.NoError(t, b.append(t.Context(), tenant, event(id.New(), 2)))
	require.EqualValues(t, 2, b.receive().event.Version)
	require.Empty(t, b.got)
}

// What one statement appends keeps its order and names its own tenants.
func TestEventsAppendedAtOnceKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant, other, aggregate := id.New(), id.New(), id.New()
	var all []outbox.Event
	var want []int64
	for version := int64(500); version > 0; version-- { // no other order gives the same
		e := event(aggregate, version)
		if version == 500 {
			e.Tenant = other
		}
		all, want = append(all, e), append(want, version)
	}
	require.NoError(t, b.db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
		return outbox.AppendAll(ctx, tx, all)
	}))
	var versions []int64
	var tenants []id.ID
	require.NoError(t, b.db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, `
SELECT array_agg(version ORDER BY position), array_agg(DISTINCT tenant_id)
FROM outbox`).Scan(&versions, &tenants)
	}))
	require.Equal(t, want, versions)
	require.ElementsMatch(t, []id.ID{tenant, other}, tenants)
}

func TestEventsOfAnAggregateArriveInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant, one, two := id.New(), id.New(), id.New()
	const each = 120 // more than one batch
	for version := range int64(each) {
		require.NoError(t, b.append(t.Context(), tenant, event(one, version+1)))
		require.NoError(t, b.append(t.Context(), tenant, event(two, version+1)))
	}
	b.consume()
	b.relay()
	b.relay() // a second process does not lead
	last := map[id.ID]int64{}
	for range 2 * each {
		e := b.receive().event
		require.Equal(t, last[e.AggregateID]+1, e.Version)
		last[e.AggregateID] = e.Version
	}
	require.Empty(t, b.got)
}

func TestAnotherProcessTakesTheLead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.consume()
	first := b.relay()
	require.NoError(t, b.append(t.Context(), id.New(), event(id.New(), 1)))
	require.EqualValues(t, 1, b.receive().event.Version)
	b.relay()
	first()
	require.NoError(t, b.append(t.Context(), id.New(), event(id.New(), 2)))
	require.EqualValues(t, 2, b.receive().event.Version)
}

func TestEventsWaitForTheBroker(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server, err := natsboot.Start(natsboot.Options{StoreDir: t.TempDir(), Volatile: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	b.js = bustest.Connect(t, server, "late").JS()
	require.NoError(t, b.append(t.Context(), id.New(), event(id.New(), 1)))
	b.relay() // there is no stream yet
	require.Never(t, func() bool { return b.unpublished() == 0 }, 300*time.Millisecond, 50*time.Millisecond)
	require.NoError(t, bus.Streams(t.Context(), b.js))
	b.consume()
	require.EqualValues(t, 1, b.receive().event.Version)
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := event(id.New(), 1)
	for name, change := range map[string]func(*outbox.Event){
		"no aggregate":              func(e *outbox.Event) { e.AggregateID = id.ID{} },
		"no version":                func(e *outbox.Event) { e.Version = 0 },
		"no message":                func(e *outbox.Event) { e.Message = nil },
		"a message with no subject": func(e *outbox.Event) { e.Message = &eventv1.DeadLetter{} },
	} {
		bad := good
		change(&bad)
		require.Error(t, b.append(t.Context(), id.New(), bad), name)
	}
}

func TestPurgeKeepsWhatIsYoungOrUnpublished(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for version := range int64(3) {
		require.NoError(t, b.append(t.Context(), id.New(), event(id.New(), version+1)))
	}
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE outbox
SET published_at = now() - make_interval(days => CASE version WHEN 1 THEN 36 ELSE 34 END)
WHERE version < 3`)
		require.NoError(t, err)
		removed, err := outbox.Purge(ctx, tx)
		require.EqualValues(t, 1, removed)
		return err
	}))
}

// A broker that lost its store is filled again, in the order of each aggregate,
// with what is young enough for the inboxes to know.
func TestRepublishFillsAnEmptyBroker(t *testing.T) {
	t.Parallel()
	b := setup(t)
	aggregate := id.New()
	for version := range int64(3) {
		require.NoError(t, b.append(t.Context(), id.New(), event(aggregate, version+1)))
	}
	stop := b.relay()
	require.Eventually(t, func() bool { return b.unpublished() == 0 }, patience, 10*time.Millisecond)
	stop()

	b.js = bustest.Start(t).JS() // nothing is in this one
	b.consume()
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE outbox SET created_at = now() - interval '2 days' WHERE version = 1")
		require.NoError(t, err)
		_, err = outbox.Republish(ctx, tx, outbox.Retention+time.Second)
		require.Error(t, err, "the inboxes would not know them any more")
		again, err := outbox.Republish(ctx, tx, 24*time.Hour)
		require.EqualValues(t, 2, again)
		return err
	}))
	b.relay()
	require.EqualValues(t, 2, b.receive().event.Version)
	require.EqualValues(t, 3, b.receive().event.Version)
}
