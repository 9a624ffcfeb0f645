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

const memberColumns = `m.id, m.organization_id, m.user_id, m.given_name, m.family_name, m.email, m.email_key,
       m.locale, m.role, m.partner_role, m.rights, m.create_time, m.end_time, m.version`

// InsertMember stores a new membership and its access entry.
func InsertMember(ctx context.Context, tx pg.Tx, m domain.Membership) error {
	_, err := tx.Exec(ctx, `
INSERT INTO member (id, organization_id, user_id, given_name, family_name, email, email_key, locale,
  role, partner_role, rights, create_time, version)
VALUES (@id, @organization, @user, @given, @family, @email, @key, @locale,
  @role, @partner_role, @rights, @created, @version)`,
		pgx.NamedArgs{
			"id": m.ID, "organization": m.OrganizationID, "user": m.Person.UserID,
			"given": m.GivenName, "family": m.FamilyName, "email": m.Person.Email, "key": m.Person.EmailKey,
			"locale": m.Person.Locale, "role": m.Offer.Role, "partner_role": m.Offer.PartnerRole,
			"rights": m.Offer.Rights, "created": m.CreateTime, "version": m.Version,
		})
	if err != nil {
		return fmt.Errorf("storing member: %w", err)
	}
	return insertMemberEntry(ctx, tx, m)
}

// insertMemberEntry is what the decision reads of a membership.
func insertMemberEntry(ctx context.Context, tx pg.Tx, m domain.Membership) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing access entry", SQL: `
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version)
VALUES (@id, @account, @subject, 'MEMBERSHIP', @rights, @version)`, Args: pgx.NamedArgs{
		"id": m.ID, "account": m.OrganizationID, "subject": m.Person.UserID,
		"rights": domain.RightsOf(m.Offer.Role, m.Offer.Rights), "version": m.Version,
	}})
	return err
}

// FindMember reads the live membership of a person; pg.ErrNoRows when there is
// none.
func FindMember(ctx context.Context, tx pg.Tx, organization, user id.ID) (domain.Membership, error) {
	return oneMember(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND m.user_id = @user
  AND m.end_time IS NULL`, pgx.NamedArgs{"organization": organization, "user": user})
}

// FindMembership reads one by its id, live or ended.
func FindMembership(ctx context.Context, tx pg.Tx, member id.ID) (domain.Membership, error) {
	return oneMember(ctx, tx, `
FROM member m
WHERE m.id = @id`, pgx.NamedArgs{"id": member})
}

// HasMember tells whether a live member has the address with this key.
func HasMember(ctx context.Context, tx pg.Tx, organization id.ID, emailKey string) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for a member", SQL: `
SELECT EXISTS (
  SELECT FROM member
  WHERE organization_id = @organization
    AND email_key = @key
    AND end_time IS NULL
)`, Args: pgx.NamedArgs{"organization": organization, "key": emailKey}}, pgx.RowTo[bool])
}

// ListMembers lists the live members, oldest first. Grants are no members
// (R33).
func ListMembers(ctx context.Context, tx pg.Tx, organization id.ID, s Slice) ([]domain.Membership, error) {
	return manyMembers(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND m.end_time IS NULL
  AND (@first OR (m.create_time, m.id) > (@after_time, @after_id::uuid))
ORDER BY m.create_time, m.id
LIMIT @limit`, s.args(pgx.NamedArgs{"organization": organization}))
}

// LockForEnd locks the person's live membership and every live owner, in one
// order, so that two last owners cannot leave at once. It answers nil when the
// person has none.
func LockForEnd(ctx context.Context, tx pg.Tx, organization, user id.ID) (*domain.Membership, int, error) {
	members, err := manyMembers(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND m.end_time IS NULL
  AND (m.user_id = @user OR m.role = 'OWNER')
ORDER BY m.id
LIMIT 10000
FOR UPDATE`, pgx.NamedArgs{"organization": organization, "user": user})
	if err != nil {
		return nil, 0, err
	}
	var found *domain.Membership
	owners := 0
	for i := range members {
		if members[i].Offer.Role == domain.Owner {
			owners++
		}
		if members[i].Person.UserID == user {
			found = &members[i]
		}
	}
	return found, owners, nil
}

// EndMember stores the end of a membership and of its access entry.
func EndMember(ctx context.Context, tx pg.Tx, m domain.Membership) error {
	args := pgx.NamedArgs{"id": m.ID, "end": m.EndTime, "version": m.Version}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "ending member", SQL: `
UPDATE member
SET end_time = @end,
    version = @version
WHERE id = @id
  AND end_time IS NULL`, Args: args})
	if err != nil {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "ending access entry", SQL: `
UPDATE access_entry
SET end_time = now(),
    version = @version
WHERE id = @id
  AND end_time IS NULL`, Args: args})
	return err
}

func oneMember(ctx context.Context, tx pg.Tx, from string, args pgx.NamedArgs) (domain.Membership, error) {
	return pg.One(ctx, tx, pg.Statement{
		Doing: "reading member", SQL: "SELECT " + memberColumns + from, Args: args,
	}, memberFromRow)
}

func manyMembers(ctx context.Context, tx pg.Tx, from string, args pgx.NamedArgs) ([]domain.Membership, error) {
	return pg.Many(ctx, tx, pg.Statement{
		Doing: "listing members", SQL: "SELECT " + memberColumns + from, Args: args,
	}, memberFromRow)
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
		&m.ID, &m.OrganizationID, &m.Person.UserID, &m.GivenName, &m.FamilyName,
		&m.Person.Email, &m.Person.EmailKey, &m.Person.Locale,
		&m.Offer.Role, &m.Offer.PartnerRole, &m.Offer.Rights, &m.CreateTime, end, &m.Version,
	}
}
