package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// FindCase reads all that a decision reads about a subject in an account, and
// what is past of it. It goes over the partner's rows: the system's transaction
// alone sees them.
func FindCase(ctx context.Context, tx pg.Tx, q domain.Question) (domain.Case, error) {
	args := pgx.NamedArgs{
		"account": q.AccountID, "subject": q.SubjectID, "feature": q.Feature, "session": q.SupportSessionID,
	}
	out := domain.Case{Question: q}
	feature, err := pg.One(ctx, tx, pg.Statement{Doing: "reading feature", SQL: `
SELECT ` + featureColumns + `
FROM feature f
WHERE f.path = @feature`, Args: args}, featureFromRow)
	if err == nil {
		out.Feature = &feature
	} else if !errors.Is(err, pg.ErrNoRows) {
		return out, err
	}
	err = tx.QueryRow(ctx, `
SELECT coalesce((SELECT state = 'ACTIVE' FROM organization WHERE id = @account), true), now()`, args).
		Scan(&out.AccountWorks, &out.Now)
	if err != nil {
		return out, err
	}
	out.Entries, err = pg.Many(ctx, tx, pg.Statement{Doing: "reading access entries", SQL: `
SELECT e.source, e.rights, coalesce(nullif(e.valid_from, '-infinity'), ` + noTime + `), coalesce(e.valid_until, ` + noTime + `),
  e.suspended, coalesce(p.rights, '{}'), e.source = 'GRANT' AND ` + partnerLives + `,
  EXISTS (
    SELECT FROM support_session s
    WHERE s.id = @session
      AND s.grant_id = e.id
      AND s.subject_id = e.subject_id
      AND s.account_id = e.account_id
      AND s.close_time IS NULL
      AND s.expire_time > now()
  )
FROM access_entry e
LEFT JOIN partner_role_preset p ON p.partner_role = e.partner_role
WHERE e.account_id = @account
  AND e.subject_id = @subject
  AND e.end_time IS NULL
ORDER BY e.source DESC, e.id
LIMIT 1000`, Args: args}, pgx.RowToStructByPos[domain.Entry])
	return out, err
}
