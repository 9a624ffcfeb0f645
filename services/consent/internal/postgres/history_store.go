package postgres

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Outcome is how an action ended.
type Outcome string

// The outcomes.
const (
	Done   Outcome = "DONE"
	Denied Outcome = "DENIED"
	Failed Outcome = "FAILED"
)

// Entry is one fact of an account. Ids that do not apply are zero.
type Entry struct {
	AccountID, ID    id.ID
	Time             time.Time
	ActorID          id.ID
	ActorName        string
	ActingForID      id.ID
	SubjectID        id.ID // the collaborator whom the fact is about
	PartnerID        id.ID
	ConsentID        id.ID
	GrantID          id.ID
	SupportSessionID id.ID
	Feature          string
	Action           string
	Object           string
	Outcome          Outcome
	// Source is the stream of an event or the certificate identity of a product;
	// with RequestID it makes the entry unique in the account.
	Source    string
	RequestID string
	Changes   []Change
}

// Change is one value that a fact changed, in words of the contract.
type Change struct{ What, Before, After string }

// NamedEntry is an entry with the names that the account's consents know.
type NamedEntry struct {
	Entry
	SubjectName, PartnerName string
	// Silent: a visit ended of which no product recorded anything.
	Silent bool
}

// Side is the organisation whose person acted.
func (e Entry) Side() id.ID { return cmp.Or(e.ActingForID, e.AccountID) }

// History keeps the append-only history.
type History struct{}

// Append writes an entry; false when its source has sent it before.
func (History) Append(ctx context.Context, tx pg.Tx, e Entry) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "appending to history", SQL: `
INSERT INTO history (account_id, id, time, actor_id, actor_name, acting_for_id, subject_id, partner_id, consent_id,
  grant_id, support_session_id, feature, action, object, outcome, source, request_id, changes)
VALUES (@account, @id, @time, @actor, @name, @acting_for, @subject, @partner, @consent,
  @grant, @session, @feature, @action, @object, @outcome, @source, @request, coalesce(@changes::jsonb, '[]'))
ON CONFLICT DO NOTHING`, Args: pgx.NamedArgs{
		"account": e.AccountID, "id": e.ID, "time": e.Time, "actor": e.ActorID, "name": e.ActorName,
		"acting_for": e.ActingForID, "subject": e.SubjectID, "partner": e.PartnerID, "consent": e.ConsentID,
		"grant": e.GrantID, "session": e.SupportSessionID, "feature": e.Feature, "action": e.Action,
		"object": e.Object, "outcome": string(e.Outcome), "source": e.Source, "request": e.RequestID,
		"changes": e.Changes,
	}})
	return changed == 1, err
}

// Range says which entries of an account to list, newest first.
type Range struct {
	AccountID, ActorID id.ID     // ActorID zero: everybody; else who acted, or whom it is about
	Feature            string    // with what lies below; empty: all
	Kind               Kind      // empty: all
	IDs                []id.ID   // nil: any
	Visits             bool      // only what was done on visits
	Start, End         time.Time // zero: open
	AfterTime          time.Time // where the page before ended
	AfterID            id.ID
	Limit              int
}

// Kind is what a fact is about.
type Kind string

// The kinds.
const (
	Members      Kind = "MEMBERS"
	Invitations  Kind = "INVITATIONS"
	Assistance   Kind = "ASSISTANCE"
	Products     Kind = "PRODUCTS"
	Organization Kind = "ORGANIZATION"
)

// actions are the beginnings of a kind's actions; none for what products say.
func (k Kind) actions() []string {
	return map[Kind][]string{
		Members:      {"aval.membership.v1.membership."},
		Invitations:  {"aval.membership.v1.invitation."},
		Assistance:   {"aval.consent.", "aval.partnersupport."},
		Organization: {"aval.membership.v1.organization.", "aval.membership.v1.seat_limit.", "aval.membership.v1.contact."},
	}[k]
}

// List reads one page. Names of collaborators and partners are those that the
// partner gave when it last asked this account.
func (History) List(ctx context.Context, tx pg.Tx, r Range) ([]NamedEntry, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading history", SQL: `
SELECT h.account_id, h.id, h.time, h.actor_id, h.actor_name, h.acting_for_id, h.subject_id, h.partner_id,
  h.consent_id, h.grant_id, h.support_session_id, h.feature, h.action, h.object, h.outcome, h.source, h.request_id, h.changes,
  coalesce(c.given_name, ''), coalesce(c.family_name, ''), coalesce(c.partner ->> 'LegalName', ''),
  h.support_session_id IS NOT NULL AND starts_with(h.action, 'aval.partnersupport.v1.support_session.ended') AND NOT EXISTS (
    SELECT
    FROM history p
    WHERE p.account_id = h.account_id
      AND p.support_session_id = h.support_session_id
      AND p.source <> 'event'
  )
FROM history h
LEFT JOIN LATERAL (
  SELECT given_name, family_name, partner
  FROM consent
  WHERE client_id = h.account_id
    AND partner_id = h.partner_id
    AND user_id = h.subject_id
  ORDER BY create_time DESC, id DESC
  LIMIT 1
) c ON true
WHERE h.account_id = @account
  AND (@actor::uuid IS NULL OR h.actor_id = @actor OR h.subject_id = @actor)
  AND (@ids::uuid[] IS NULL OR h.id = ANY(@ids))
  AND (@feature = '' OR h.feature = @feature OR starts_with(h.feature, @feature || '/'))
  AND CASE @kind
        WHEN '' THEN true
        WHEN 'PRODUCTS' THEN h.source <> 'event'
        ELSE h.source = 'event' AND EXISTS (SELECT FROM unnest(@actions::text[]) a WHERE starts_with(h.action, a))
      END
  AND (NOT @visits OR h.support_session_id IS NOT NULL)
  AND (@start::timestamptz IS NULL OR h.time >= @start)
  AND (@end::timestamptz IS NULL OR h.time < @end)
  AND (@after_id::uuid IS NULL OR (h.time, h.id) < (@after_time, @after_id))
ORDER BY h.time DESC, h.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"account": r.AccountID, "actor": r.ActorID, "ids": r.IDs, "visits": r.Visits, "start": pg.NullTime(r.Start), "end": pg.NullTime(r.End),
		"feature": r.Feature, "kind": string(r.Kind), "actions": r.Kind.actions(),
		"after_time": pg.NullTime(r.AfterTime), "after_id": r.AfterID, "limit": r.Limit,
	}}, entryFromRow)
}

// Stored reads entries of any accounts as they are stored, by id.
func (History) Stored(ctx context.Context, tx pg.Tx, accounts, ids []id.ID) (map[id.ID]Entry, error) {
	list, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading entries of histories", SQL: `
SELECT h.account_id, h.id, h.time, h.actor_id, h.actor_name, h.acting_for_id, h.subject_id, h.partner_id,
  h.consent_id, h.grant_id, h.support_session_id, h.feature, h.action, h.object, h.outcome, h.source, h.request_id, h.changes,
  '', '', '', false
FROM unnest(@accounts::uuid[], @ids::uuid[]) AS w (account, entry)
JOIN history h ON h.account_id = w.account AND h.id = w.entry
ORDER BY h.account_id, h.id
LIMIT @limit`, Args: pgx.NamedArgs{"accounts": present(accounts), "ids": present(ids), "limit": len(ids)}}, entryFromRow)
	out := map[id.ID]Entry{}
	for _, e := range list {
		out[e.ID] = e.Entry
	}
	return out, err
}

func entryFromRow(row pgx.CollectableRow) (NamedEntry, error) {
	var e NamedEntry
	var given, family string
	err := row.Scan(&e.AccountID, &e.ID, &e.Time, &e.ActorID, &e.ActorName, &e.ActingForID, &e.SubjectID,
		&e.PartnerID, &e.ConsentID, &e.GrantID, &e.SupportSessionID, &e.Feature, &e.Action, &e.Object,
		&e.Outcome, &e.Source, &e.RequestID, &e.Changes, &given, &family, &e.PartnerName, &e.Silent)
	e.Time = e.Time.UTC()
	e.SubjectName = domain.FullName(given, family)
	return e, err
}
