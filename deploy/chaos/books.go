package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// reader is a consumer whose inbox must hold every event of its subjects.
type reader struct {
	service, inbox, owner string
	subjects              []string
}

func readers() []reader {
	ended := []string{"aval.consent.v1.consent.given", "aval.consent.v1.consent.refused", "aval.consent.v1.consent.ended"}
	return []reader{
		{"notification", "notification-membership", "membership", []string{"aval.membership.v1.invitation.created", "aval.membership.v1.invitation.renewed"}},
		{"notification", "notification-consent", "consent", append([]string{"aval.consent.v1.consent.requested", "aval.consent.v1.consent.reminded"}, ended...)},
		{"partnersupport", "partnersupport-consent", "consent", ended},
	}
}

// books are the databases as an auditor reads them.
type books map[string]*pgx.Conn

func openBooks(ctx context.Context, s *stack.Stack) (books, error) {
	b := books{}
	for _, name := range stack.Services {
		conn, err := pgx.Connect(ctx, s.Database(name).System)
		if err != nil {
			return b, fmt.Errorf("opening the books of %s: %w", name, err)
		}
		b[name] = conn
	}
	return b, nil
}

func (b books) close(ctx context.Context) {
	for _, conn := range b {
		_ = conn.Close(ctx)
	}
}

// await waits until nothing is on its way any more.
func (b books) await(ctx context.Context, r *report) error {
	deadline := time.Now().Add(2 * factsArriveWithin)
	for {
		left, err := b.underway(ctx)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			r.violation("still on their way: %s", strings.Join(left, ", "))
			return nil
		}
		pause(ctx, time.Second)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (b books) underway(ctx context.Context) (left []string, err error) {
	for _, name := range stack.Services {
		var n int
		if err := b[name].QueryRow(ctx, "SELECT count(*) FROM outbox WHERE published_at IS NULL").Scan(&n); err != nil {
			return nil, fmt.Errorf("reading the outbox of %s: %w", name, err)
		}
		if n > 0 {
			left = append(left, fmt.Sprintf("%d events of %s", n, name))
		}
	}
	for _, one := range readers() {
		missing, err := b.missing(ctx, one)
		if err != nil {
			return nil, err
		}
		if len(missing) > 0 {
			left = append(left, fmt.Sprintf("%d events to %s", len(missing), one.inbox))
		}
	}
	return left, nil
}

// missing are the events that a consumer has not applied.
func (b books) missing(ctx context.Context, r reader) ([]id.ID, error) {
	published, err := ids(ctx, b[r.owner], "SELECT id FROM outbox WHERE subject = ANY($1)", r.subjects)
	if err != nil {
		return nil, err
	}
	applied, err := ids(ctx, b[r.service], "SELECT event_id FROM inbox WHERE consumer = $1", r.inbox)
	if err != nil {
		return nil, err
	}
	for one := range applied {
		delete(published, one)
	}
	return slices.Collect(maps.Keys(published)), nil
}

func ids(ctx context.Context, conn *pgx.Conn, sql string, args ...any) (map[id.ID]bool, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	out := map[id.ID]bool{}
	for _, one := range list {
		out[one] = true
	}
	return out, nil
}

// mails compares what was sent with what came: every mail once, but for those
// whose answer was lost, which are marked.
func (b books) mails(ctx context.Context, came []mailbox.Message, r *report) error {
	times := map[string]int{}
	for _, m := range came {
		name, _, _ := strings.Cut(m.MessageID, "@")
		times[name]++
		r.count("mails")
	}
	rows, err := b["notification"].Query(ctx, "SELECT id, state, repeated FROM delivery")
	if err != nil {
		return fmt.Errorf("reading deliveries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var delivery id.ID
		var state string
		var repeated bool
		if err := rows.Scan(&delivery, &state, &repeated); err != nil {
			return fmt.Errorf("reading deliveries: %w", err)
		}
		n := times[delivery.Text("dlv")]
		switch {
		case repeated && n >= 1 && n <= 2:
			r.count("mails_marked_as_repeated")
		case n != 1:
			r.violation("delivery %s (%s, repeated %t) came %d times", delivery.Text("dlv"), state, repeated, n)
		}
	}
	return rows.Err()
}
