package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// End is a consent that was moved to its end.
type End struct {
	Record domain.Record
	// Step is the timeline's; the zero one for a no that became final.
	Step domain.Step
	// Grant ended with the consent; zero: there is none, or it was over.
	Grant domain.Grant
}

// Told tells whether the end is a step of its own.
func (e End) Told() bool { return e.Step.Event != "" }

// SaveEnds writes ends, however many, in one round trip of a statement for each
// table. The caller holds the rows.
func (Consents) SaveEnds(ctx context.Context, tx pg.Tx, ends []End) error {
	if len(ends) == 0 {
		return nil
	}
	var told []End
	var grants []domain.Grant
	for _, e := range ends {
		if e.Told() {
			told = append(told, e)
		}
		if !e.Grant.ID.IsZero() {
			grants = append(grants, e.Grant)
		}
	}
	changed, err := pg.ExecAll(ctx, tx, []pg.Statement{endingConsents(ends), appendingSteps(told), endingGrants(grants)})
	if err == nil && changed[0] != int64(len(ends)) {
		err = fmt.Errorf("ending consents: %d rows of %d are those that were read", changed[0], len(ends))
	}
	return err
}

// endingConsents writes what an end changes of a consent, and nothing else.
func endingConsents(ends []End) pg.Statement {
	return pg.Statement{Doing: "ending consents", SQL: `
UPDATE consent c
SET state = e.state, revoke_time = e.revoke_time, final = e.final, version = e.version
FROM unnest(@clients::uuid[], @ids::uuid[], @states::text[], @revoke_times::timestamptz[], @finals::boolean[], @versions::bigint[])
  AS e (client, id, state, revoke_time, final, version)
WHERE c.client_id = e.client
  AND c.id = e.id
  AND c.version < e.version`, Args: pgx.NamedArgs{
		"clients":      fields.Each(ends, func(e End) id.ID { return e.Record.ClientID }),
		"ids":          fields.Each(ends, func(e End) id.ID { return e.Record.ID }),
		"states":       fields.Each(ends, func(e End) string { return string(e.Record.State) }),
		"revoke_times": fields.Each(ends, func(e End) *time.Time { return pg.NullTime(e.Record.RevokeTime) }),
		"finals":       fields.Each(ends, func(e End) bool { return e.Record.Final }),
		"versions":     fields.Each(ends, func(e End) int64 { return e.Record.Version }),
	}}
}

// appendingSteps writes the timelines' steps.
func appendingSteps(ends []End) pg.Statement {
	return pg.Statement{Doing: "appending to timelines", SQL: `
INSERT INTO transition (client_id, consent_id, version, partner_id, event, from_state, to_state,
  party, actor_id, actor_name, time, reason)
SELECT *
FROM unnest(@clients::uuid[], @consents::uuid[], @versions::bigint[], @partners::uuid[], @events::text[], @froms::text[],
  @tos::text[], @parties::text[], @actors::uuid[], @names::text[], @times::timestamptz[], @reasons::text[])`, Args: pgx.NamedArgs{
		"clients":  fields.Each(ends, func(e End) id.ID { return e.Record.ClientID }),
		"consents": fields.Each(ends, func(e End) id.ID { return e.Record.ID }),
		"versions": fields.Each(ends, func(e End) int64 { return e.Record.Version }),
		"partners": fields.Each(ends, func(e End) id.ID { return e.Record.PartnerID }),
		"events":   fields.Each(ends, func(e End) string { return string(e.Step.Event) }),
		"froms":    fields.Each(ends, func(e End) string { return string(e.Step.From) }),
		"tos":      fields.Each(ends, func(e End) string { return string(e.Step.To) }),
		"parties":  fields.Each(ends, func(e End) string { return string(e.Step.Actor.Party) }),
		"actors":   fields.Each(ends, func(e End) id.ID { return e.Step.Actor.ID }),
		"names":    fields.Each(ends, func(e End) string { return e.Step.Actor.Name }),
		"times":    fields.Each(ends, func(e End) time.Time { return e.Step.Time }),
		"reasons":  fields.Each(ends, func(e End) string { return e.Step.Reason }),
	}}
}

// endingGrants writes what an end changes of a grant.
func endingGrants(grants []domain.Grant) pg.Statement {
	return pg.Statement{Doing: "ending grants", SQL: `
UPDATE access_grant g
SET state = e.state, end_time = e.end_time, end_reason = e.end_reason, version = e.version
FROM unnest(@clients::uuid[], @ids::uuid[], @states::text[], @end_times::timestamptz[], @reasons::text[], @versions::bigint[])
  AS e (client, id, state, end_time, end_reason, version)
WHERE g.client_id = e.client
  AND g.id = e.id
  AND g.version < e.version`, Args: pgx.NamedArgs{
		"clients":   fields.Each(grants, func(g domain.Grant) id.ID { return g.ClientID }),
		"ids":       fields.Each(grants, func(g domain.Grant) id.ID { return g.ID }),
		"states":    fields.Each(grants, func(g domain.Grant) string { return string(g.State) }),
		"end_times": fields.Each(grants, func(g domain.Grant) time.Time { return g.EndTime }),
		"reasons":   fields.Each(grants, func(g domain.Grant) string { return string(g.EndReason) }),
		"versions":  fields.Each(grants, func(g domain.Grant) int64 { return g.Version }),
	}}
}

// ByConsents reads the grants under consents, by consent.
func (s Grants) ByConsents(ctx context.Context, tx pg.Tx, consents []domain.Record) (map[id.ID]domain.Grant, error) {
	found, err := s.many(ctx, tx, `
WHERE consent_id = ANY (@consents::uuid[])
  AND client_id = ANY (@clients::uuid[])
ORDER BY id
LIMIT @limit`, pgx.NamedArgs{
		"consents": fields.Each(consents, func(r domain.Record) id.ID { return r.ID }),
		"clients":  fields.Each(consents, func(r domain.Record) id.ID { return r.ClientID }),
		"limit":    maxAtOnce,
	})
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]domain.Grant, len(found))
	for _, g := range found {
		out[g.ConsentID] = g
	}
	return out, nil
}

// EndedTogether tells whether other accesses of the same person through the same
// partner ended in the same instant.
func (Consents) EndedTogether(ctx context.Context, tx pg.Tx, r domain.Record) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for what ended together", SQL: `
SELECT EXISTS (
  SELECT
  FROM consent
  WHERE partner_id = @partner
    AND user_id = @user
    AND revoke_time = @time
    AND state = 'TERMINATED'
    AND id <> @id
)`, Args: pgx.NamedArgs{"partner": r.PartnerID, "user": r.UserID, "time": pg.NullTime(r.RevokeTime), "id": r.ID}}, pgx.RowTo[bool])
}
