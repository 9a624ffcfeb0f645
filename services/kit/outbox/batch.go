package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/id"
)

var errNoAnswer = errors.New("the broker did not answer in time")

// row is an unpublished event.
type row struct {
	Position      int64
	ID            id.ID
	TenantID      id.ID
	AggregateType string
	AggregateID   id.ID
	Version       int64
	Subject       string
	Payload       []byte
	Traceparent   string
	Tracestate    string
	CreatedAt     time.Time
	// AgeMs by the database's clock.
	AgeMs int64
}

// round is what one batch came to.
type round struct {
	read, failed int
	err          error
}

// publishBatch answers an error only for the database's.
func (r *relay) publishBatch(ctx context.Context, conn *pgx.Conn) (round, error) {
	rows, err := unpublished(ctx, conn)
	if err != nil {
		return round{}, err
	}
	r.oldest.Store(0)
	if len(rows) == 0 {
		return round{}, nil
	}
	acknowledged, publishErr := r.publish(ctx, rows)
	if err := markPublished(ctx, conn, acknowledged); err != nil {
		return round{}, err
	}
	r.published.Add(ctx, int64(len(acknowledged)))
	failed := len(rows) - len(acknowledged)
	if failed > 0 {
		r.oldest.Store(rows[0].AgeMs)
	}
	return round{read: len(rows), failed: failed, err: publishErr}, nil
}

func unpublished(ctx context.Context, conn *pgx.Conn) ([]row, error) {
	found, err := conn.Query(ctx, `
SELECT position, id, tenant_id, aggregate_type, aggregate_id, version, subject, payload, traceparent, tracestate,
  created_at, (EXTRACT(EPOCH FROM now() - created_at) * 1000)::bigint AS age_ms
FROM outbox
WHERE published_at IS NULL
ORDER BY position
LIMIT @batch`, pgx.NamedArgs{"batch": batchSize})
	if err != nil {
		return nil, fmt.Errorf("reading outbox: %w", err)
	}
	rows, err := pgx.CollectRows(found, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("reading outbox: %w", err)
	}
	return rows, nil
}

func markPublished(ctx context.Context, conn *pgx.Conn, positions []int64) error {
	if len(positions) == 0 {
		return nil
	}
	_, err := conn.Exec(ctx, `
UPDATE outbox
SET published_at = now()
WHERE position = ANY(@positions)`, pgx.NamedArgs{"positions": positions})
	if err != nil {
		return fmt.Errorf("marking events as published: %w", err)
	}
	return nil
}

// publish sends waves in which an aggregate appears once, so that its events
// arrive in order even when one fails: what follows a failure waits.
func (r *relay) publish(ctx context.Context, rows []row) (acknowledged []int64, err error) {
	stuck := map[id.ID]bool{}
	for len(rows) > 0 && ctx.Err() == nil {
		var wave []row
		wave, rows = split(rows)
		for _, sent := range r.send(wave, stuck) {
			if failure := sent.wait(ctx); failure != nil {
				stuck[sent.row.AggregateID] = true
				err = failure
				continue
			}
			acknowledged = append(acknowledged, sent.row.Position)
		}
	}
	return acknowledged, err
}

// split takes the first event of each aggregate.
func split(rows []row) (wave, rest []row) {
	seen := map[id.ID]bool{}
	for _, candidate := range rows {
		if seen[candidate.AggregateID] {
			rest = append(rest, candidate)
			continue
		}
		seen[candidate.AggregateID] = true
		wave = append(wave, candidate)
	}
	return wave, rest
}

type sending struct {
	row    row
	future jetstream.PubAckFuture
	err    error
}

func (r *relay) send(wave []row, stuck map[id.ID]bool) []sending {
	var sent []sending
	for _, next := range wave {
		if stuck[next.AggregateID] {
			continue
		}
		future, err := bus.PublishAsync(r.JS, next.envelope(r.Source))
		sent = append(sent, sending{row: next, future: future, err: err})
	}
	return sent
}

func (s sending) wait(ctx context.Context) error {
	if s.err != nil {
		return s.err
	}
	timer := time.NewTimer(bus.AckTimeout)
	defer timer.Stop()
	select {
	case <-s.future.Ok():
		return nil
	case err := <-s.future.Err():
		return fmt.Errorf("publishing event: %w", err)
	case <-timer.C:
		return errNoAnswer
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r row) envelope(source string) bus.Envelope {
	return bus.Envelope{
		ID: r.ID, Subject: r.Subject, Source: "/aval/" + source, Time: r.CreatedAt,
		AggregateType: r.AggregateType, AggregateID: r.AggregateID, Version: r.Version, Tenant: r.TenantID,
		TraceParent: r.Traceparent, TraceState: r.Tracestate, Payload: r.Payload,
	}
}
