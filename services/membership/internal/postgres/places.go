package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// ListPlaces lists the active organisations of a person, oldest membership
// first (R95).
func ListPlaces(ctx context.Context, tx pg.Tx, user id.ID, s Slice) ([]domain.Place, error) {
	return places(ctx, tx, `
WHERE m.user_id = @user
  AND `+memberWorks+`
  AND o.state = 'ACTIVE'
  AND (@first OR (m.create_time, m.id) > (@after_time, @after_id::uuid))
ORDER BY m.create_time, m.id
LIMIT @limit`, s.args(pgx.NamedArgs{"user": user}))
}

// FindPlace reads one of them; pg.ErrNoRows when it is none of theirs.
func FindPlace(ctx context.Context, tx pg.Tx, organization, user id.ID) (domain.Place, error) {
	list, err := places(ctx, tx, `
WHERE m.organization_id = @organization
  AND m.user_id = @user
  AND `+memberWorks+`
  AND o.state = 'ACTIVE'
ORDER BY m.id
LIMIT 1`, pgx.NamedArgs{"organization": organization, "user": user})
	if err != nil {
		return domain.Place{}, err
	}
	if len(list) == 0 {
		return domain.Place{}, pg.ErrNoRows
	}
	return list[0], nil
}

func places(ctx context.Context, tx pg.Tx, where string, args pgx.NamedArgs) ([]domain.Place, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing places", SQL: "SELECT " + organizationColumns + ", " + memberColumns + `
FROM member m
JOIN organization o ON o.id = m.organization_id` + where, Args: args}, placeFromRow)
}

func placeFromRow(row pgx.CollectableRow) (p domain.Place, err error) {
	var end *time.Time
	err = row.Scan(append(organizationFields(&p.Organization), memberFields(&p.Membership, &end)...)...)
	p.Membership.EndTime = pg.TimeOf(end)
	return p, err
}
