package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/metric"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const (
	defaultMaxDeliver = 20
	firstRetry        = 250 * time.Millisecond
	longestRetry      = time.Minute
	handlerTimeout    = 20 * time.Second
	prefetch          = 16
	reconnectPause    = time.Second
)

// Handler applies an event. An error means: deliver again later; Permanent
// means: never, put it aside. It may see the same event twice.
type Handler func(ctx context.Context, e Event) error

// Spec describes a durable consumer, which Consumers makes. Name, Stream and Handler are required.
type Spec struct {
	// Name of the durable consumer, also in the inbox: "notification-consent".
	Name   string
	Stream string
	// Subjects filter the stream; all of it if empty.
	Subjects []string
	Handler  Handler
	// MaxDeliver bounds deliveries before the dead-letter stream; 20 if zero.
	MaxDeliver uint64
	// Backoff is the delay after the n-th delivery failed; doubling with
	// jitter from 250 ms to a minute if nil.
	Backoff   func(deliveries uint64) time.Duration
	Telemetry *telemetry.Telemetry
}

type consumer struct {
	js    jetstream.JetStream
	spec  Spec
	types *Types
	tel   *telemetry.Telemetry
	count metric.Int64Counter
}

// Consume gives the component that feeds the handler, one event after the
// other. It is ready at once: a broker that is down delays facts and nothing
// else.
func Consume(js jetstream.JetStream, s Spec) lifecycle.Component {
	return lifecycle.Component{Name: "consumer " + s.Name, Run: func(ctx context.Context, ready func()) error {
		c, err := newConsumer(js, s)
		if err != nil {
			return err
		}
		ready()
		c.run(ctx)
		return nil
	}}
}

func newConsumer(js jetstream.JetStream, s Spec) (*consumer, error) {
	if s.Name == "" || s.Stream == "" || s.Handler == nil {
		return nil, errors.New("starting consumer: name, stream and handler are required")
	}
	if s.MaxDeliver == 0 {
		s.MaxDeliver = defaultMaxDeliver
	}
	if s.Backoff == nil {
		s.Backoff = doubling
	}
	if s.Telemetry == nil {
		s.Telemetry = telemetry.Discard()
	}
	count, err := s.Telemetry.Meter.Meter("bus").Int64Counter("aval_bus_events_total",
		metric.WithDescription("Events received, by consumer and outcome."))
	if err != nil {
		return nil, fmt.Errorf("making metric of consumer: %w", err)
	}
	return &consumer{js: js, spec: s, types: linkedTypes(), tel: s.Telemetry, count: count}, nil
}

func doubling(deliveries uint64) time.Duration {
	delay := longestRetry
	if deliveries < 9 {
		delay = min(longestRetry, firstRetry<<(deliveries-min(deliveries, 1)))
	}
	return delay + rand.N(delay/4) // jitter
}

func (c *consumer) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.consume(ctx); err != nil && ctx.Err() == nil {
			c.tel.Log.Warn("consumer interrupted", "consumer", c.spec.Name, "error", err)
		}
		clock.Wait(ctx, reconnectPause)
	}
}

// consume reads until the context ends or the subscription breaks.
func (c *consumer) consume(ctx context.Context) error {
	durable, err := c.js.Consumer(ctx, c.spec.Stream, c.spec.Name)
	if err != nil {
		return fmt.Errorf("looking for consumer: %w", err)
	}
	messages, err := durable.Messages(jetstream.PullMaxMessages(prefetch))
	if err != nil {
		return fmt.Errorf("subscribing consumer: %w", err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		msg, err := messages.Next()
		if err != nil {
			return fmt.Errorf("receiving event: %w", err)
		}
		c.receive(ctx, msg)
	}
}
