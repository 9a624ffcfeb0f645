package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/aval-access/aval/services/kit/fault"
)

// receive handles one delivery and settles it.
func (c *consumer) receive(ctx context.Context, msg jetstream.Msg) {
	meta, err := msg.Metadata()
	if err != nil {
		c.tel.Log.Error("event without metadata", "consumer", c.spec.Name, "error", err)
		return
	}
	if only := msg.Headers().Get(headerOnlyFor); only != "" && only != c.spec.Name {
		c.settle(ctx, msg, "skipped", nil)
		return
	}
	spanCtx, span := c.tel.Tracer.Tracer("bus").Start(continued(ctx, msg.Headers()), "consume "+msg.Subject(),
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
			attribute.String("messaging.consumer.group.name", c.spec.Name),
			attribute.String("messaging.message.id", msg.Headers().Get(headerID))))
	defer span.End()
	err = c.handle(spanCtx, msg, meta)
	if err != nil {
		span.SetStatus(codes.Error, "handling event")
		span.RecordError(err)
	}
	c.conclude(ctx, delivery{msg: msg, meta: meta, err: err})
}

func (c *consumer) handle(ctx context.Context, msg jetstream.Msg, meta *jetstream.MsgMetadata) (err error) {
	if meta.NumDelivered > c.spec.MaxDeliver {
		return Permanent(errors.New("delivered too often without an answer"))
	}
	event, err := decode(msg.Subject(), msg.Headers(), msg.Data(), c.types)
	switch {
	case errors.Is(err, ErrUnknownSubject):
		return err // a newer binary beside this one may know it
	case err != nil:
		return Permanent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout)
	defer cancel()
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("handling event: panic: %v", panicked)
		}
	}()
	return c.spec.Handler(ctx, event)
}

type delivery struct {
	msg  jetstream.Msg
	meta *jetstream.MsgMetadata
	err  error
}

func (c *consumer) conclude(ctx context.Context, d delivery) {
	switch {
	case d.err == nil:
		c.settle(ctx, d.msg, "applied", d.msg.DoubleAck)
	case ctx.Err() != nil:
		_ = d.msg.Nak() // stopping: another process takes it now
	case isPermanent(d.err) || d.meta.NumDelivered >= c.spec.MaxDeliver:
		c.bury(ctx, d)
	default:
		c.tel.Log.Warn("event will be delivered again", "consumer", c.spec.Name, "event_id", d.msg.Headers().Get(headerID),
			"subject", d.msg.Subject(), "deliveries", d.meta.NumDelivered, "error", d.err)
		c.retry(ctx, d)
	}
}

func (c *consumer) retry(ctx context.Context, d delivery) {
	c.settle(ctx, d.msg, "retried", func(context.Context) error {
		return d.msg.NakWithDelay(c.spec.Backoff(d.meta.NumDelivered))
	})
}

// bury puts the event aside, and only then ends its deliveries.
func (c *consumer) bury(ctx context.Context, d delivery) {
	if err := publishDeadLetter(ctx, c.js, c.spec.Name, d); err != nil {
		c.tel.Log.Error("dead letter not stored", "consumer", c.spec.Name, "error", err)
		c.retry(ctx, d)
		return
	}
	c.tel.Log.Error("event put aside", "consumer", c.spec.Name, "event_id", d.msg.Headers().Get(headerID),
		"subject", d.msg.Subject(), "reason", fault.ReasonOf(d.err).String(), "error", d.err)
	c.settle(ctx, d.msg, "dead", func(context.Context) error { return d.msg.Term() })
}

// settle answers the broker; an answer that is lost means one more delivery.
func (c *consumer) settle(ctx context.Context, msg jetstream.Msg, outcome string, answer func(context.Context) error) {
	if answer == nil {
		answer = msg.DoubleAck
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), AckTimeout)
	defer cancel()
	if err := answer(ctx); err != nil {
		c.tel.Log.Warn("event not settled", "consumer", c.spec.Name, "outcome", outcome, "error", err)
	}
	c.count.Add(ctx, 1, metric.WithAttributes(attribute.String("consumer", c.spec.Name), attribute.String("outcome", outcome)))
}
