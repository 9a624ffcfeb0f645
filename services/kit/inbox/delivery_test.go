package inbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

const patience = 5 * time.Second

// effects is a table with no constraint of its own: nothing but the inbox keeps
// an effect from happening twice.
func effects() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_create_effect.sql": {Data: []byte(`-- +goose Up
CREATE TABLE effect (event_id uuid NOT NULL);
`)}}
}

// applier is a consumer of a real broker whose handler writes to a real
// database.
type applier struct {
	t  *testing.T
	db *pg.DB
	js jetstream.JetStream
	// before runs in the transaction, after the effect; after runs when it is
	// committed, and its error stands for an acknowledgement that got lost.
	before func(tx pg.Tx, delivery int32)
	after  func(delivery int32) error

	deliveries atomic.Int32
	outcomes   chan error
}

func setup(t *testing.T) *applier {
	t.Helper()
	return &applier{
		t: t, db: pgtest.DB(t, "sample", effects()), js: bustest.Start(t).JS(), outcomes: make(chan error, 100),
		before: func(pg.Tx, int32) {},
		after:  func(int32) error { return nil },
	}
}

// start consumes until the test ends.
func (a *applier) start() {
	spec := bus.Spec{Name: "applier", Stream: bus.StreamMembership, Handler: a.handle}
	require.NoError(a.t, bus.Consumers(a.t.Context(), a.js, spec))
	spec.Backoff = func(uint64) time.Duration { return time.Millisecond }
	lifecycletest.Run(a.t, bus.Consume(a.js, spec))
}

func (a *applier) handle(ctx context.Context, e bus.Event) error {
	delivery := a.deliveries.Add(1)
	err := a.db.InSystem(ctx, "applying", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, "applier", e.ID)
		if err != nil || !first {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO effect (event_id) VALUES (@event)", pgx.NamedArgs{"event": e.ID})
		a.before(tx, delivery)
		return err
	})
	if err == nil {
		err = a.after(delivery)
	}
	a.outcomes <- err
	return err
}

func (a *applier) publish() {
	payload, err := proto.Marshal(bustest.Sample("x"))
	require.NoError(a.t, err)
	future, err := bus.PublishAsync(a.js, bus.Envelope{
		ID: id.New(), Subject: bustest.SampleSubject, Source: "/aval/test", Time: time.Now(),
		AggregateType: "sample", AggregateID: id.New(), Version: 1, Tenant: id.New(), Payload: payload,
	})
	require.NoError(a.t, err)
	select {
	case <-future.Ok():
	case err := <-future.Err():
		require.NoError(a.t, err)
	}
}

// outcome is what the next delivery came to.
func (a *applier) outcome() error {
	a.t.Helper()
	select {
	case err := <-a.outcomes:
		return err
	case <-time.After(patience):
		require.Fail(a.t, "the event was not delivered again")
		return nil
	}
}

func (a *applier) applied() (n int) {
	require.NoError(a.t, a.db.InSystem(a.t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM effect").Scan(&n)
	}))
	return n
}

// terminate ends the server's side of a transaction, from beside it.
func (a *applier) terminate(tx pg.Tx) {
	victim := tx.Conn().PgConn().PID()
	if err := a.db.InSystem(a.t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(@pid, 5000)", pgx.NamedArgs{"pid": victim})
		return err
	}); err != nil {
		a.t.Error(err)
	}
}

func TestAnEventWhoseCommitFailedIsDeliveredAgain(t *testing.T) { // T-06
	t.Parallel()
	a := setup(t)
	a.before = func(tx pg.Tx, delivery int32) {
		if delivery == 1 {
			a.terminate(tx)
		}
	}
	a.start()
	a.publish()
	require.True(t, fault.Is(a.outcome(), reasonv1.Reason_REASON_UNAVAILABLE), "the commit fails")
	require.NoError(t, a.outcome())
	require.Equal(t, 1, a.applied())
}

func TestADeliveryAfterALostAcknowledgementChangesNothing(t *testing.T) { // T-06
	t.Parallel()
	a := setup(t)
	lost := errors.New("ended before it could acknowledge")
	a.after = func(delivery int32) error {
		if delivery < 3 {
			return lost
		}
		return nil
	}
	a.start()
	a.publish()
	require.ErrorIs(t, a.outcome(), lost)
	require.ErrorIs(t, a.outcome(), lost)
	require.NoError(t, a.outcome())
	require.Equal(t, 1, a.applied())
}
