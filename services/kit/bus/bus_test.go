package bus_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func publish(t *testing.T, js jetstream.JetStream, e bus.Envelope) {
	t.Helper()
	future, err := bus.PublishAsync(js, e)
	require.NoError(t, err)
	select {
	case <-future.Ok():
	case err := <-future.Err():
		require.NoError(t, err)
	}
}

func envelope(t *testing.T, text string) bus.Envelope {
	t.Helper()
	payload, err := proto.Marshal(bustest.Sample(text))
	require.NoError(t, err)
	return bus.Envelope{
		ID: id.New(), Subject: bustest.SampleSubject, Source: "/aval/test", Time: time.Now().UTC().Truncate(time.Microsecond),
		AggregateType: "sample", AggregateID: id.New(), Version: 3, Tenant: id.New(), Payload: payload,
	}
}

// consume runs a consumer until the test ends and waits for its end.
func consume(t *testing.T, js jetstream.JetStream, s bus.Spec) {
	t.Helper()
	if s.Stream == "" {
		s.Stream = bus.StreamMembership
	}
	require.NoError(t, bus.Consumers(t.Context(), js, s))
	s.Backoff = func(uint64) time.Duration { return 5 * time.Millisecond }
	lifecycletest.Run(t, bus.Consume(js, s))
}

func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case got := <-ch:
		return got
	case <-time.After(patience):
		require.Fail(t, "nothing received")
		panic("unreachable")
	}
}

func TestEventArrivesAsItWasPublished(t *testing.T) {
	t.Parallel()
	conn := bustest.Start(t)
	got := make(chan bus.Event, 10)
	consume(t, conn.JS(), bus.Spec{Name: "reader", Handler: func(_ context.Context, e bus.Event) error {
		got <- e
		return nil
	}})
	sent := envelope(t, "hello")
	publish(t, conn.JS(), sent)
	publish(t, conn.JS(), sent) // the broker drops the repetition
	last := envelope(t, "last")
	publish(t, conn.JS(), last)

	e := receive(t, got)
	require.Equal(t, "hello", bustest.Text(e.Message))
	e.Message = nil
	require.Equal(t, bus.Event{ID: sent.ID, Subject: sent.Subject, Time: sent.Time, AggregateType: "sample",
		AggregateID: sent.AggregateID, Version: 3, Tenant: sent.Tenant}, e)
	require.Equal(t, last.ID, receive(t, got).ID)
}

func TestFailure(t *testing.T) {
	t.Parallel()

	t.Run("an event that fails is delivered again until it is applied", func(t *testing.T) {
		t.Parallel()
		conn := bustest.Start(t)
		var tries atomic.Int32
		done := make(chan struct{}, 1)
		consume(t, conn.JS(), bus.Spec{Name: "flaky", Handler: func(context.Context, bus.Event) error {
			if tries.Add(1) < 3 {
				return errors.New("not yet")
			}
			done <- struct{}{}
			return nil
		}})
		publish(t, conn.JS(), envelope(t, "x"))
		receive(t, done)
		require.EqualValues(t, 3, tries.Load())
	})
	t.Run("a panic is a failure like any other", func(t *testing.T) {
		t.Parallel()
		conn := bustest.Start(t)
		var tries atomic.Int32
		done := make(chan struct{}, 1)
		consume(t, conn.JS(), bus.Spec{Name: "panicking", Handler: func(context.Context, bus.Event) error {
			if tries.Add(1) == 1 {
				panic("broken")
			}
			done <- struct{}{}
			return nil
		}})
		publish(t, conn.JS(), envelope(t, "x"))
		receive(t, done)
	})
	t.Run("after its bound an event lies with the dead letters and can be replayed to its consumer", func(t *testing.T) {
		t.Parallel()
		conn := bustest.Start(t)
		var broken atomic.Bool
		broken.Store(true)
		var tries, others atomic.Int32
		done := make(chan id.ID, 1)
		consume(t, conn.JS(), bus.Spec{Name: "bounded", MaxDeliver: 3, Handler: func(_ context.Context, e bus.Event) error {
			tries.Add(1)
			if broken.Load() {
				return errors.New("broken")
			}
			done <- e.ID
			return nil
		}})
		consume(t, conn.JS(), bus.Spec{Name: "other", Handler: func(context.Context, bus.Event) error {
			others.Add(1)
			return nil
		}})
		sent := envelope(t, "x")
		publish(t, conn.JS(), sent)
		letter := awaitLetter(t, conn.JS(), "bounded")
		require.EqualValues(t, 3, tries.Load())
		require.Equal(t, sent.ID.String(), letter.EventID)
		require.True(t, proto.Equal(&eventv1.DeadLetter{Consumer: "bounded", Stream: bus.StreamMembership,
			Sequence: 1, Subject: sent.Subject, Deliveries: 3}, letter.Letter), letter.Letter)

		broken.Store(false)
		n, err := bus.ReplayDeadLetters(t.Context(), conn.JS(), "bounded")
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, sent.ID, receive(t, done))
		rest, err := bus.ListDeadLetters(t.Context(), conn.JS(), "", 10)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.EqualValues(t, 1, others.Load(), "a replay is for the consumer that failed")
	})
	t.Run("a permanent error is put aside at once", func(t *testing.T) {
		t.Parallel()
		conn := bustest.Start(t)
		var tries atomic.Int32
		consume(t, conn.JS(), bus.Spec{Name: "permanent", Handler: func(context.Context, bus.Event) error {
			tries.Add(1)
			return bus.Permanent(errors.New("never"))
		}})
		publish(t, conn.JS(), envelope(t, "x"))
		awaitLetter(t, conn.JS(), "permanent")
		require.EqualValues(t, 1, tries.Load())
	})
	t.Run("an event that nobody can read is put aside", func(t *testing.T) {
		t.Parallel()
		conn := bustest.Start(t)
		consume(t, conn.JS(), bus.Spec{Name: "reader", MaxDeliver: 2, Handler: func(context.Context, bus.Event) error { return nil }})
		unknown := envelope(t, "x")
		unknown.Subject = "aval.membership.v1.sample.unheard"
		publish(t, conn.JS(), unknown)
		garbled := envelope(t, "x")
		garbled.Payload = []byte{0xff}
		publish(t, conn.JS(), garbled)
		require.Eventually(t, func() bool {
			letters, err := bus.ListDeadLetters(t.Context(), conn.JS(), "reader", 10)
			return err == nil && len(letters) == 2
		}, patience, 10*time.Millisecond)
	})
}

func awaitLetter(t *testing.T, js jetstream.JetStream, consumer string) bus.DeadLetter {
	t.Helper()
	var letters []bus.DeadLetter
	require.Eventually(t, func() bool {
		var err error
		letters, err = bus.ListDeadLetters(t.Context(), js, consumer, 10)
		return err == nil && len(letters) > 0
	}, patience, 10*time.Millisecond)
	return letters[0]
}

func TestStreams(t *testing.T) {
	t.Parallel()
	conn := bustest.Start(t)
	updates, err := conn.JS().Conn().SubscribeSync("$JS.API.STREAM.*.>")
	require.NoError(t, err)
	require.NoError(t, bus.Streams(t.Context(), conn.JS()))
	for pending, err := updates.NextMsg(0); err == nil; pending, err = updates.NextMsg(0) {
		require.Contains(t, pending.Subject, "STREAM.INFO", "what is as it should be is left alone")
	}
	e := envelope(t, "x")
	e.Subject = "aval.nobody.v1.sample.made"
	future, err := bus.PublishAsync(conn.JS(), e)
	require.NoError(t, err)
	require.Error(t, receive(t, future.Err()), "no stream owns the subject")
	for _, malformed := range []string{"", "aval.membership.v2.a.b", "other.membership.v1.a.b", "aval.membership.v1"} {
		_, err := bus.StreamOf(malformed)
		require.Error(t, err, malformed)
	}
	_, err = bus.SubjectOf(&eventv1.DeadLetter{})
	require.ErrorContains(t, err, "declares no subject")
}
