package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

const memberColumns = `m.id, m.organization_id, m.user_id, m.given_name, m.family_name, m.phone, m.email, m.email_key,
       m.locale, m.role, m.partner_role, m.rights, m.create_time, coalesce(m.valid_until, ` + noTime + `),
       coalesce(m.suspend_time, ` + noTime + `), m.end_time, m.version`

// noTime is Go's zero time.
const noTime = `'0001-01-01 00:00:00+00'::timestamptz`

// memberLives is true of a member m whose time is not over.
const memberLives = `m.end_time IS NULL
  AND (m.valid_until IS NULL OR m.valid_until > now())`

// memberWorks is true of one who may do something besides.
const memberWorks = memberLives + `
  AND m.suspend_time IS NULL`

// FindMember reads the live membership of a person; pg.ErrNoRows when there is
// none.
func FindMember(ctx context.Context, tx pg.Tx, organization, user id.ID) (domain.Membership, error) {
	return oneMember(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND m.user_id = @user
  AND `+memberLives, pgx.NamedArgs{"organization": organization, "user": user})
}

// FindMembership reads one by its id, live or ended.
func FindMembership(ctx context.Context, tx pg.Tx, member id.ID) (domain.Membership, error) {
	return oneMember(ctx, tx, `
FROM member m
WHERE m.id = @id`, pgx.NamedArgs{"id": member})
}

// FindByAddress reads the live membership with the address of this key;
// pg.ErrNoRows when there is none.
func FindByAddress(ctx context.Context, tx pg.Tx, organization id.ID, emailKey string) (domain.Membership, error) {
	return oneMember(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND m.email_key = @key
  AND `+memberLives+`
ORDER BY m.create_time, m.id
LIMIT 1`, pgx.NamedArgs{"organization": organization, "key": emailKey})
}

// ListMembers lists the live members, oldest first. Grants are no members
// (R33).
func ListMembers(ctx context.Context, tx pg.Tx, organization id.ID, s Slice) ([]domain.Membership, error) {
	return manyMembers(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND `+memberLives+`
  AND (m.create_time, m.id) > (@after_time, @after_id::uuid)
ORDER BY m.create_time, m.id
LIMIT @limit`, s.args(pgx.NamedArgs{"organization": organization}))
}

// ListNames reads how people are or were called in an organisation, whoever of
// them was a member last.
func ListNames(ctx context.Context, tx pg.Tx, organization id.ID, users []id.ID) ([]domain.Membership, error) {
	return manyMembers(ctx, tx, `
FROM (
  SELECT DISTINCT ON (user_id) *
  FROM member
  WHERE organization_id = @organization
    AND user_id = ANY(@users::uuid[])
  ORDER BY user_id, create_time DESC, id DESC
) m
ORDER BY m.user_id
LIMIT @limit`, pgx.NamedArgs{"organization": organization, "users": users, "limit": len(users)})
}

func oneMember(ctx context.Context, tx pg.Tx, from string, args pgx.NamedArgs) (domain.Membership, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading member", SQL: "SELECT " + memberColumns + from, Args: args}, memberFromRow)
}

func manyMembers(ctx context.Context, tx pg.Tx, from string, args pgx.NamedArgs) ([]domain.Membership, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing members", SQL: "SELECT " + memberColumns + from, Args: args}, memberFromRow)
}

func memberFromRow(row pgx.CollectableRow) (m domain.Membership, err error) {
	var end *time.Time
	err = row.Scan(memberFields(&m, &end)...)
	m.EndTime = pg.TimeOf(end)
	return m, err
}

// memberFields are where the columns go, in their order.
func memberFields(m *domain.Membership, end **time.Time) []any {
	return []any{
		&m.ID, &m.OrganizationID, &m.Person.UserID, &m.GivenName, &m.FamilyName, &m.Phone,
		&m.Person.Email, &m.Person.EmailKey, &m.Person.Locale,
		&m.Offer.Role, &m.Offer.PartnerRole, &m.Offer.Rights, &m.CreateTime, &m.ValidUntil, &m.SuspendTime, end, &m.Version,
	}
}
