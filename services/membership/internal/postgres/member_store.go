package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// InsertMember stores a new membership and its access entry.
func InsertMember(ctx context.Context, tx pg.Tx, m domain.Membership) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing member", SQL: `
INSERT INTO member (id, organization_id, user_id, given_name, family_name, phone, email, email_key, locale,
  role, partner_role, rights, create_time, valid_until, suspend_time, version)
VALUES (@id, @organization, @user, @given, @family, @phone, @email, @key, @locale,
  @role, @partner_role, @rights, @created, @until, @suspended, @version)`, Args: memberArgs(m)})
	if err != nil {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "storing access entry", SQL: `
INSERT INTO access_entry (id, account_id, subject_id, source, rights, valid_until, suspended, version)
VALUES (@id, @organization, @user, 'MEMBERSHIP', @effective, @until, @suspended::timestamptz IS NOT NULL, @version)`,
		Args: memberArgs(m)})
	return err
}

// UpdateMember stores a changed membership, and what the decision reads of it,
// at once; the row is locked by the caller.
func UpdateMember(ctx context.Context, tx pg.Tx, m domain.Membership) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing member", SQL: `
UPDATE member
SET given_name = @given,
    family_name = @family,
    phone = @phone,
    role = @role,
    partner_role = @partner_role,
    rights = @rights,
    valid_until = @until,
    suspend_time = @suspended,
    version = @version
WHERE id = @id
  AND end_time IS NULL`, Args: memberArgs(m)})
	if err != nil {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "storing access entry", SQL: `
UPDATE access_entry
SET rights = @effective,
    valid_until = @until,
    suspended = @suspended::timestamptz IS NOT NULL,
    version = @version
WHERE id = @id
  AND end_time IS NULL`, Args: memberArgs(m)})
	return err
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

func memberArgs(m domain.Membership) pgx.NamedArgs {
	return pgx.NamedArgs{
		"id": m.ID, "organization": m.OrganizationID, "user": m.Person.UserID,
		"given": m.GivenName, "family": m.FamilyName, "phone": m.Phone,
		"email": m.Person.Email, "key": m.Person.EmailKey, "locale": m.Person.Locale,
		"role": m.Offer.Role, "partner_role": m.Offer.PartnerRole, "rights": m.Offer.Rights,
		"effective": domain.RightsOf(m.Offer.Role, m.Offer.Rights),
		"created":   m.CreateTime, "until": pg.NullTime(m.ValidUntil), "suspended": pg.NullTime(m.SuspendTime),
		"version": m.Version,
	}
}

// Locked is some members of an organisation, locked with all its owners, so that
// no two of them go at once.
type Locked struct {
	members []domain.Membership
	// Owners counts who owns the organisation for good.
	Owners int
}

// LockMembers locks the members of these users or ids, and every owner, in one
// order.
func LockMembers(ctx context.Context, tx pg.Tx, organization id.ID, which []id.ID) (Locked, error) {
	members, err := manyMembers(ctx, tx, `
FROM member m
WHERE m.organization_id = @organization
  AND m.end_time IS NULL
  AND (m.role = 'OWNER' OR m.user_id = ANY(@which::uuid[]) OR m.id = ANY(@which::uuid[]))
ORDER BY m.id
LIMIT 10000
FOR UPDATE`, pgx.NamedArgs{"organization": organization, "which": which})
	out := Locked{members: members}
	for _, m := range members {
		if m.OwnsForGood() {
			out.Owners++
		}
	}
	return out, err
}

// Of gives the member with this id or of this user; nil when there is none.
func (l Locked) Of(which id.ID) *domain.Membership {
	for i := range l.members {
		if l.members[i].ID == which || l.members[i].Person.UserID == which {
			return &l.members[i]
		}
	}
	return nil
}

// ListOver lists memberships whose date is past and whose end nobody has
// written yet, the longest past first.
func ListOver(ctx context.Context, tx pg.Tx, limit int) ([]domain.Membership, error) {
	return manyMembers(ctx, tx, `
FROM member m
WHERE m.end_time IS NULL
  AND m.valid_until <= now()
ORDER BY m.valid_until, m.id
LIMIT @limit`, pgx.NamedArgs{"limit": limit})
}
