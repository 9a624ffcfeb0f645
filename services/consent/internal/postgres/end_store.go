package postgres

import (
	"context"

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

// SaveEnds writes ends in one round trip, however many. The caller holds the
// rows.
func (Consents) SaveEnds(ctx context.Context, tx pg.Tx, ends []End) error {
	var all []pg.Statement
	var rows []int // where the consents' own statements stand
	for _, e := range ends {
		rows = append(rows, len(all))
		all = append(all, updatingConsent(e.Record))
		if e.Told() {
			all = append(all, appendingStep(e.Record, e.Step))
		}
		if !e.Grant.ID.IsZero() {
			all = append(all, updatingGrant(e.Grant))
		}
	}
	changed, err := pg.ExecAll(ctx, tx, all)
	if err != nil {
		return err
	}
	for i, at := range rows {
		if changed[at] != 1 {
			return errOtherRow(ends[i].Record)
		}
	}
	return nil
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
