package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// maxApprovers bounds who is asked for one consent.
const maxApprovers = 200

// approvers reads members with whether they hold the right to answer consent
// requests and belong to the partner too. It goes over two organisations: the
// system's role alone sees both.
const approvers = `
SELECT ` + memberColumns + `,
       nearest_level(e.rights, f.ancestors) >= @level,
       EXISTS (
         SELECT FROM member p
         WHERE p.organization_id = @partner::uuid
           AND p.user_id = m.user_id
           AND p.end_time IS NULL
       )
FROM member m
JOIN access_entry e ON e.id = m.id AND e.end_time IS NULL
JOIN organization o ON o.id = m.organization_id AND o.state = 'ACTIVE'
JOIN feature f ON f.path = @feature
WHERE m.organization_id = @organization
  AND ` + memberWorks

// ListApprovers lists who may answer, owners first, without the partner's own
// people; partner may be zero.
func ListApprovers(ctx context.Context, tx pg.Tx, organization, partner id.ID) ([]domain.Approver, error) {
	return queryApprovers(ctx, tx, approvers+`
  AND nearest_level(e.rights, f.ancestors) >= @level
  AND NOT EXISTS (
    SELECT FROM member p
    WHERE p.organization_id = @partner::uuid
      AND p.user_id = m.user_id
      AND p.end_time IS NULL
  )
ORDER BY m.role = 'OWNER' DESC, m.role = 'ADMIN' DESC, m.create_time, m.id
LIMIT @limit`, approverArgs(organization, partner))
}

// FindApprover reads one person; the zero Approver when they are no member.
func FindApprover(ctx context.Context, tx pg.Tx, organization, partner, user id.ID) (domain.Approver, error) {
	args := approverArgs(organization, partner)
	args["user"] = user
	list, err := queryApprovers(ctx, tx, approvers+`
  AND m.user_id = @user
ORDER BY m.id
LIMIT 1`, args)
	if err != nil || len(list) == 0 {
		return domain.Approver{}, err
	}
	return list[0], nil
}

func approverArgs(organization, partner id.ID) pgx.NamedArgs {
	return pgx.NamedArgs{
		"organization": organization, "partner": partner,
		"feature": domain.ApproveFeature, "level": domain.LevelApprover, "limit": maxApprovers,
	}
}

func queryApprovers(ctx context.Context, tx pg.Tx, sql string, args pgx.NamedArgs) ([]domain.Approver, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing approvers", SQL: sql, Args: args}, approverFromRow)
}

func approverFromRow(row pgx.CollectableRow) (a domain.Approver, err error) {
	var end *time.Time
	return a, row.Scan(append(memberFields(&a.Membership, &end), &a.Approver, &a.OfPartner)...)
}
