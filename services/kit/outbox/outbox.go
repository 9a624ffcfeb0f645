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

// AppendAll is Append for several events, in their order, in one statement.
func AppendAll(ctx context.Context, tx pg.Tx, all []Event) error {
	if len(all) == 0 {
		return nil
	}
	args, err := appending(all)
	if err != nil {
		return err
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	args["traceparent"], args["tracestate"] = carrier.Get("traceparent"), carrier.Get("tracestate")
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "appending events", SQL: `
INSERT INTO outbox (id, tenant_id, aggregate_type, aggregate_id, version, subject, payload, traceparent, tracestate)
SELECT e.id, coalesce(e.tenant, ctx_tenant()), e.type, e.aggregate, e.version, e.subject, e.payload, @traceparent, @tracestate
FROM unnest(@ids::uuid[], @tenants::uuid[], @types::text[], @aggregates::uuid[], @versions::bigint[],
  @subjects::text[], @payloads::bytea[])
  WITH ORDINALITY AS e (id, tenant, type, aggregate, version, subject, payload, place)
ORDER BY e.place`, Args: args})
	if err != nil {
		return err
	}
	tx.Signal(topic)
	return nil
}

// appending gives the events as columns.
func appending(all []Event) (pgx.NamedArgs, error) {
	n := len(all)
	ids, tenants, aggregates := make([]id.ID, n), make([]id.ID, n), make([]id.ID, n)
	types, versions := make([]string, n), make([]int64, n)
	subjects, payloads := make([]string, n), make([][]byte, n)
	for i, e := range all {
		if e.AggregateType == "" || e.AggregateID.IsZero() || e.Version < 1 || e.Message == nil {
			return nil, errors.New("appending event: aggregate, version and message are required")
		}
		var err error
		if subjects[i], err = bus.SubjectOf(e.Message); err != nil {
			return nil, fmt.Errorf("appending event: %w", err)
		}
		if payloads[i], err = (proto.MarshalOptions{Deterministic: true}).Marshal(e.Message); err != nil {
			return nil, fmt.Errorf("encoding event: %w", err)
		}
		ids[i], tenants[i] = id.New(), e.Tenant
		types[i], aggregates[i], versions[i] = e.AggregateType, e.AggregateID, e.Version
	}
	return pgx.NamedArgs{
		"ids": ids, "tenants": tenants, "types": types, "aggregates": aggregates, "versions": versions,
		"subjects": subjects, "payloads": payloads,
	}, nil
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
