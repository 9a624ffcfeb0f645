package house

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// Books are the databases as an auditor reads them, by service.
type Books map[string]*pgx.Conn

// OpenBooks connects to every service's database.
func (h *House) OpenBooks(ctx context.Context) (Books, error) {
	b := Books{}
	for _, name := range stack.Services {
		conn, err := pgx.Connect(ctx, h.Stack.Database(name).System)
		if err != nil {
			b.Close(ctx)
			return nil, fmt.Errorf("opening the books of %s: %w", name, err)
		}
		b[name] = conn
	}
	return b, nil
}

// Close ends the connections.
func (b Books) Close(ctx context.Context) {
	for _, conn := range b {
		_ = conn.Close(ctx)
	}
}

// Balance compares what was published with what became of it: what is on its
// way or lost, and what was applied more than once. In the end both are empty.
func (b Books) Balance(ctx context.Context) (missing, doubled []string, err error) {
	for _, name := range stack.Services {
		var n int
		if err := b[name].QueryRow(ctx, "SELECT count(*) FROM outbox WHERE published_at IS NULL").Scan(&n); err != nil {
			return nil, nil, fmt.Errorf("reading the outbox of %s: %w", name, err)
		}
		if n > 0 {
			missing = append(missing, fmt.Sprintf("%d events of %s", n, name))
		}
	}
	mails, err := b.mailsUnderway(ctx)
	if err != nil {
		return nil, nil, err
	}
	if mails > 0 {
		missing = append(missing, fmt.Sprintf("%d jobs about mails", mails))
	}
	for _, r := range readers() {
		never, twice, err := b.compare(ctx, r)
		if err != nil {
			return nil, nil, fmt.Errorf("comparing the books of %s: %w", r.name, err)
		}
		if never > 0 {
			missing = append(missing, fmt.Sprintf("%d events to %s", never, r.name))
		}
		if twice > 0 {
			doubled = append(doubled, fmt.Sprintf("%d events by %s", twice, r.name))
		}
	}
	return missing, doubled, nil
}

// mailsUnderway counts what is still to be composed or sent.
func (b Books) mailsUnderway(ctx context.Context) (n int, err error) {
	err = b["notification"].QueryRow(ctx, `
SELECT count(*)
FROM river.river_job
WHERE kind IN ('compose', 'send')
  AND finalized_at IS NULL`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("reading the jobs of notification: %w", err)
	}
	return n, nil
}

func (b Books) compare(ctx context.Context, r reader) (never, twice int, err error) {
	published, err := b.published(ctx, r)
	if err != nil {
		return 0, 0, err
	}
	applied, err := r.applied(ctx, b[r.service])
	if err != nil {
		return 0, 0, err
	}
	for _, event := range published {
		switch n := applied[event]; {
		case n == 0:
			never++
		case n > 1:
			twice++
		}
	}
	return never, twice, nil
}

// published are the events that must have an effect at the reader.
func (b Books) published(ctx context.Context, r reader) ([]id.ID, error) {
	rows, err := b[r.owner].Query(ctx, `
SELECT id, payload
FROM outbox
WHERE (subject = ANY(@subjects) OR @subjects::text[] IS NULL)
  AND subject <> ALL(coalesce(@besides::text[], '{}'))`, pgx.NamedArgs{"subjects": r.subjects, "besides": r.besides})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox of %s: %w", r.owner, err)
	}
	var out []id.ID
	var event id.ID
	var payload []byte
	_, err = pgx.ForEachRow(rows, []any{&event, &payload}, func() error {
		if r.concerned == nil || r.concerned(payload) {
			out = append(out, event)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox of %s: %w", r.owner, err)
	}
	return out, nil
}

// reader is a consumer with an effect on its service's books.
type reader struct {
	name, service, owner string
	// subjects of the owner's events; all besides some when nil.
	subjects, besides []string
	// concerned tells by its payload whether an event has an effect; nil: each.
	concerned func(payload []byte) bool
	// applied counts the effects of each event.
	applied func(context.Context, *pgx.Conn) (map[id.ID]int, error)
}

// readers are all consumers.
func readers() []reader {
	answers := []string{"aval.consent.v1.consent.given", "aval.consent.v1.consent.refused", "aval.consent.v1.consent.ended"}
	list := []reader{
		{
			name: "notification-membership", service: "notification", owner: "membership", applied: inInbox("notification-membership"),
			subjects: []string{"aval.membership.v1.invitation.created", "aval.membership.v1.invitation.renewed"},
		},
		{
			name: "notification-consent", service: "notification", owner: "consent", applied: inInbox("notification-consent"),
			subjects: append([]string{
				"aval.consent.v1.consent.requested", "aval.consent.v1.consent.reminded", "aval.consent.v1.consent_code.sent",
				"aval.consent.v1.consent.recalled", "aval.consent.v1.consent.unreachable", "aval.consent.v1.consent.ending",
				"aval.consent.v1.consent.anniversary", "aval.consent.v1.partner_block.started", "aval.consent.v1.request_mail.departed",
				"aval.consent.v1.visit.noted", "aval.consent.v1.visit.summed", "aval.consent.v1.sensitive_feature.used",
				"aval.consent.v1.consent.partner_tried", "aval.consent.v1.ledger_checkpoint.sent",
			}, answers...),
		},
		{
			name: "partnersupport-consent", service: "partnersupport", owner: "consent", applied: inInbox("partnersupport-consent"),
			subjects: answers,
		},
		{
			name: "partnersupport-membership", service: "partnersupport", owner: "membership", applied: inInbox("partnersupport-membership"),
			subjects: []string{"aval.membership.v1.membership.started"}, concerned: startsStaff,
		},
		{
			name: "consent-history-membership", service: "consent", owner: "membership", applied: inHistory,
			besides: []string{"aval.membership.v1.features.registered", "aval.membership.v1.namespace.assigned"}, // they touch no account
		},
		{
			name: "consent-history-partnersupport", service: "consent", owner: "partnersupport", applied: inHistory,
			besides: []string{"aval.partnersupport.v1.collaborator.left"}, // likewise
		},
		{
			name: "consent-history-consent", service: "consent", owner: "consent", applied: inHistory,
			besides: []string{ // what they tell of was noted when it happened
				"aval.consent.v1.request_mail.departed", "aval.consent.v1.visit.noted", "aval.consent.v1.visit.summed",
				"aval.consent.v1.sensitive_feature.used",
				"aval.consent.v1.ledger_checkpoint.published", "aval.consent.v1.ledger_checkpoint.sent", // they touch no account
			},
		},
	}
	for _, owner := range stack.Services { // no fact is too small for the ledger
		list = append(list, reader{name: "the ledger, of " + owner, service: "consent", owner: owner, applied: inLedger})
	}
	return list
}

func startsStaff(payload []byte) bool {
	var m membershipv1.MembershipStarted
	return proto.Unmarshal(payload, &m) == nil && m.GetPartnerRole() != 0 && m.GetInvitationId() != ""
}

func inInbox(consumer string) func(context.Context, *pgx.Conn) (map[id.ID]int, error) {
	return func(ctx context.Context, conn *pgx.Conn) (map[id.ID]int, error) {
		rows, err := conn.Query(ctx, "SELECT event_id FROM inbox WHERE consumer = $1", consumer)
		if err != nil {
			return nil, fmt.Errorf("reading an inbox: %w", err)
		}
		out := map[id.ID]int{}
		var event id.ID
		_, err = pgx.ForEachRow(rows, []any{&event}, func() error {
			out[event]++
			return nil
		})
		return out, err
	}
}

func inHistory(ctx context.Context, conn *pgx.Conn) (map[id.ID]int, error) {
	rows, err := conn.Query(ctx, "SELECT request_id FROM history WHERE source = 'event'")
	if err != nil {
		return nil, fmt.Errorf("reading the history: %w", err)
	}
	out := map[id.ID]int{}
	var text string
	_, err = pgx.ForEachRow(rows, []any{&text}, func() error {
		event, err := id.Parse("evt", text)
		out[event]++
		return err
	})
	return out, err
}

func inLedger(ctx context.Context, conn *pgx.Conn) (map[id.ID]int, error) {
	rows, err := conn.Query(ctx, "SELECT event_id FROM ledger_record WHERE event_id IS NOT NULL AND sequence IS NOT NULL")
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	out := map[id.ID]int{}
	var event id.ID
	_, err = pgx.ForEachRow(rows, []any{&event}, func() error {
		out[event]++
		return nil
	})
	return out, err
}
