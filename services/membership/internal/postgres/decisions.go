package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Decisions answers from the tables: one statement, by index, with the
// database's clock. Safe for concurrent use.
type Decisions struct {
	db        *pg.DB
	one, many string // the statements
}

// NewDecisions decides on this database, as the system.
func NewDecisions(db *pg.DB) Decisions {
	return Decisions{db: db, one: verdict(oneQuestion), many: verdict(manyQuestions)}
}

// oneQuestion and manyQuestions give the same columns. One question has a
// statement of its own: with plain parameters the planner settles on a generic
// plan and plans no more.
const (
	oneQuestion = `(SELECT $1::uuid AS subject, $2::uuid AS account, $3::text AS feature,
       $4::smallint AS level, $5::uuid AS session, 1::bigint AS n)`
	manyQuestions = `unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::uuid[])
       WITH ORDINALITY`
)

// verdict is the whole rule. Per entry: 0 yes, 1 the session is missing, 2 the
// level is too low, 3 no grant ever reaches the feature; the best entry speaks.
//
// The nearest ancestor wins. A grant reaches as far as both the client and the
// staff role's preset let it; a sensitive feature only where the client ticked
// that very line (grant_ancestors).
func verdict(questions string) string {
	return `
SELECT
  CASE
    WHEN f.path IS NULL THEN 'FEATURE_UNKNOWN'
    WHEN best.verdict IS NULL THEN 'NO_ACCESS'
    WHEN o.state <> 'ACTIVE' THEN 'ACCOUNT_SUSPENDED'
    WHEN best.verdict = 1 THEN 'SUPPORT_SESSION_REQUIRED'
    WHEN best.verdict = 2 THEN 'LEVEL_TOO_LOW'
    WHEN best.verdict = 3 THEN 'EXCLUDED'
    ELSE ''
  END,
  coalesce(best.source, ''), best.id, best.consent_id, best.valid_until
FROM ` + questions + ` AS q (subject, account, feature, level, session, n)
LEFT JOIN feature f ON f.path = q.feature AND f.retire_time IS NULL
LEFT JOIN organization o ON o.id = q.account
LEFT JOIN LATERAL (
  SELECT e.id, e.source, e.consent_id, least(e.valid_until, s.expire_time) AS valid_until,
    CASE
      WHEN e.source = 'MEMBERSHIP' AND nearest_level(e.rights, f.ancestors) >= q.level THEN 0
      WHEN e.source = 'MEMBERSHIP' THEN 2
      WHEN f.excluded_from_grants THEN 3
      WHEN least(nearest_level(e.rights, f.grant_ancestors), nearest_level(p.rights, f.ancestors)) < q.level THEN 2
      WHEN s.id IS NULL THEN 1
      ELSE 0
    END AS verdict
  FROM access_entry e
  LEFT JOIN partner_role_preset p ON p.partner_role = e.partner_role
  LEFT JOIN support_session s ON s.id = q.session
    AND s.grant_id = e.id
    AND s.subject_id = e.subject_id
    AND s.account_id = e.account_id
    AND s.close_time IS NULL
    AND s.expire_time > now()
  WHERE e.account_id = q.account
    AND e.subject_id = q.subject
    AND e.end_time IS NULL
    AND NOT e.suspended
    AND e.valid_from <= now()
    AND (e.valid_until IS NULL OR e.valid_until > now())
    AND (e.source = 'MEMBERSHIP' OR ` + partnerLives + `)
  ORDER BY verdict, e.source DESC, e.id
  LIMIT 1
) best ON true
ORDER BY q.n
LIMIT 1000`
}

// Decide answers one question.
func (d Decisions) Decide(ctx context.Context, q domain.Question) (domain.Answer, error) {
	query := pg.Query{
		SQL:  d.one,
		Args: []any{q.SubjectID, q.AccountID, q.Feature, int16(q.Level), q.SupportSessionID},
	}
	answers, err := d.read(ctx, query)
	if err != nil {
		return domain.Answer{}, err
	}
	if len(answers) != 1 {
		return domain.Answer{}, fmt.Errorf("deciding: %d answers to 1 question", len(answers))
	}
	return answers[0], nil
}

// DecideAll answers questions in their order, all at one instant.
func (d Decisions) DecideAll(ctx context.Context, questions []domain.Question) ([]domain.Answer, error) {
	n := len(questions)
	subjects, accounts, sessions := make([]id.ID, n), make([]id.ID, n), make([]id.ID, n)
	features, levels := make([]string, n), make([]int16, n)
	for i, q := range questions {
		subjects[i], accounts[i], sessions[i] = q.SubjectID, q.AccountID, q.SupportSessionID
		features[i], levels[i] = q.Feature, int16(q.Level)
	}
	answers, err := d.read(ctx, pg.Query{
		SQL:  d.many,
		Args: []any{subjects, accounts, features, levels, sessions},
	})
	if err != nil {
		return nil, err
	}
	if len(answers) != n {
		return nil, fmt.Errorf("deciding: %d answers to %d questions", len(answers), n)
	}
	return answers, nil
}

func (d Decisions) read(ctx context.Context, q pg.Query) (answers []domain.Answer, err error) {
	err = d.db.ReadSystem(ctx, "decision", q, func(rows pgx.Rows) (err error) {
		answers, err = pgx.CollectRows(rows, answerFromRow)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("deciding: %w", err)
	}
	return answers, nil
}

// answerFromRow tells of the entry only what a yes tells.
func answerFromRow(row pgx.CollectableRow) (domain.Answer, error) {
	var a domain.Answer
	var entry id.ID
	var until *time.Time
	if err := row.Scan(&a.Denial, &a.Source, &entry, &a.ConsentID, &until); err != nil {
		return a, err
	}
	if a.Denial != "" {
		return domain.Answer{Denial: a.Denial}, nil
	}
	if a.Source == domain.FromGrant {
		a.GrantID = entry
	}
	a.ValidUntil = pg.TimeOf(until)
	return a, nil
}
