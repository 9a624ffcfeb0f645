package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// standings are a person's memberships and, where they are no member, their
// contacts, one per organisation that works (R94, R95, R97).
const standings = `
SELECT ` + organizationColumns + `, p.id, p.user_id, p.given_name, p.family_name, p.role, p.partner_role, p.rights, p.create_time, p.contact
FROM (
  SELECT m.id, m.organization_id, m.user_id, m.given_name, m.family_name, m.role, m.partner_role, m.rights, m.create_time, false AS contact
  FROM member m
  WHERE m.user_id = @user
    AND ` + memberWorks + `
  UNION ALL
  SELECT c.id, c.partner_id, c.user_id, c.given_name, c.family_name, 'CONTACT', '', '{}', c.create_time, true
  FROM client_contact c
  WHERE @contacts
    AND c.user_id = @user
    AND c.end_time IS NULL
    AND NOT EXISTS (
      SELECT FROM member m
      WHERE m.organization_id = c.partner_id
        AND m.user_id = c.user_id
        AND ` + memberLives + `
    )
) p
JOIN organization o ON o.id = p.organization_id AND o.state = 'ACTIVE'`

// ListPlaces lists the active organisations of a person, oldest first (R95).
func ListPlaces(ctx context.Context, tx pg.Tx, user id.ID, s Slice) ([]domain.Place, error) {
	return places(ctx, tx, `
WHERE (p.create_time, p.id) > (@after_time, @after_id::uuid)
ORDER BY p.create_time, p.id
LIMIT @limit`, s.args(pgx.NamedArgs{"user": user, "contacts": true}))
}

// FindPlace reads one of them, a contact's only where contacts says so;
// pg.ErrNoRows when it is none of theirs.
func FindPlace(ctx context.Context, tx pg.Tx, organization, user id.ID, contacts bool) (domain.Place, error) {
	list, err := places(ctx, tx, `
WHERE p.organization_id = @organization
ORDER BY p.id
LIMIT 1`, pgx.NamedArgs{"organization": organization, "user": user, "contacts": contacts})
	if err != nil {
		return domain.Place{}, err
	}
	if len(list) == 0 {
		return domain.Place{}, pg.ErrNoRows
	}
	return list[0], nil
}

func places(ctx context.Context, tx pg.Tx, where string, args pgx.NamedArgs) ([]domain.Place, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing places", SQL: standings + where, Args: args}, placeFromRow)
}

func placeFromRow(row pgx.CollectableRow) (p domain.Place, err error) {
	m := &p.Membership
	err = row.Scan(append(organizationFields(&p.Organization), &m.ID, &m.Person.UserID, &m.GivenName, &m.FamilyName,
		&m.Offer.Role, &m.Offer.PartnerRole, &m.Offer.Rights, &m.CreateTime, &p.Contact)...)
	m.OrganizationID = p.Organization.ID
	return p, err
}
