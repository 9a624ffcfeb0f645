// Package outbox makes facts leave the service exactly as they became true:
// Append writes the event in the transaction of its effect, the relay
// publishes it afterwards. The broker is package bus's.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Retention lets a wiped broker be refilled.
const Retention = 35 * 24 * time.Hour

const (
	topic      = "outbox"
	purgeBatch = 5000
)

// Event is a fact about one aggregate. The caller holds the aggregate's row
// lock, so that events of one aggregate are ordered as they were committed.
type Event struct {
	// AggregateType in the subject's word: "invitation".
	AggregateType string
	AggregateID   id.ID
	// Version of the aggregate after the fact, from 1.
	Version int64
	// Message declares its subject by the option aval.event.v1.subject; ids
	// only, never tokens or addresses.
	Message proto.Message
	// Tenant is the transaction's if zero.
	Tenant id.ID
}

// Append writes the event into the transaction, with the trace it happens in,
// and wakes the relay once it is committed.
func Append(ctx context.Context, tx pg.Tx, e Event) error {
	return AppendAll(ctx, tx, []Event{e})
}

// AppendAll is Append for several events, in their order, in one round trip.
func AppendAll(ctx context.Context, tx pg.Tx, all []Event) error {
	statements := make([]pg.Statement, len(all))
	for i, e := range all {
		var err error
		if statements[i], err = appending(ctx, e); err != nil {
			return err
		}
	}
	if _, err := pg.ExecAll(ctx, tx, statements); err != nil {
		return err
	}
	if len(all) > 0 {
		tx.Signal(topic)
	}
	return nil
}

func appending(ctx context.Context, e Event) (pg.Statement, error) {
	if e.AggregateType == "" || e.AggregateID.IsZero() || e.Version < 1 || e.Message == nil {
		return pg.Statement{}, errors.New("appending event: aggregate, version and message are required")
	}
	subject, err := bus.SubjectOf(e.Message)
	if err != nil {
		return pg.Statement{}, fmt.Errorf("appending event: %w", err)
	}
	payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(e.Message)
	if err != nil {
		return pg.Statement{}, fmt.Errorf("encoding event: %w", err)
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return pg.Statement{Doing: "appending event", SQL: `
INSERT INTO outbox (id, tenant_id, aggregate_type, aggregate_id, version, subject, payload, traceparent, tracestate)
VALUES (@id, coalesce(@tenant, ctx_tenant()), @type, @aggregate, @version, @subject, @payload, @traceparent, @tracestate)`,
		Args: pgx.NamedArgs{
			"id": id.New(), "tenant": e.Tenant, "type": e.AggregateType, "aggregate": e.AggregateID,
			"version": e.Version, "subject": subject, "payload": payload,
			"traceparent": carrier.Get("traceparent"), "tracestate": carrier.Get("tracestate"),
		}}, nil
}

// Republish has the relay publish again what happened since then, for a broker
// that lost its store; it answers how many events. Consumers drop what they
// have applied, as long as their inbox remembers it: no further back than
// Retention.
func Republish(ctx context.Context, tx pg.Tx, since time.Duration) (int64, error) {
	if since <= 0 || since > Retention {
		return 0, fmt.Errorf("republishing events: between 0 and %s back", Retention)
	}
	tx.Signal(topic)
	return pg.Exec(ctx, tx, pg.Statement{Doing: "republishing events", SQL: `
UPDATE outbox
SET published_at = NULL
WHERE published_at IS NOT NULL
  AND created_at >= now() - make_interval(secs => @since)`, Args: pgx.NamedArgs{"since": since.Seconds()}})
}

// Purge removes a batch of published events past their retention; it answers
// how many.
func Purge(ctx context.Context, tx pg.Tx) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "purging outbox", SQL: `
DELETE FROM outbox
WHERE position IN (
  SELECT position
  FROM outbox
  WHERE published_at < now() - make_interval(secs => @age)
  ORDER BY published_at, position
  LIMIT @batch
)`, Args: pgx.NamedArgs{"age": Retention.Seconds(), "batch": purgeBatch}})
}
