package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// SoleOwnership is an organisation with one owner.
type SoleOwnership struct {
	OrganizationID id.ID
	LegalName      string
}

// ListSoleOwnerships lists the organisations whose only owner a person is, by
// id. It reads all tenants.
func ListSoleOwnerships(ctx context.Context, tx pg.Tx, user, after id.ID, limit int) ([]SoleOwnership, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing sole ownerships", SQL: `
SELECT o.id, o.legal_name
FROM member m
JOIN organization o ON o.id = m.organization_id
WHERE m.user_id = @user
  AND m.role = 'OWNER'
  AND ` + memberLives + `
  AND (@after::uuid IS NULL OR o.id > @after)
  AND NOT EXISTS (
    SELECT
    FROM member other
    WHERE other.organization_id = m.organization_id
      AND other.user_id <> m.user_id
      AND other.role = 'OWNER'
      AND other.end_time IS NULL
      AND (other.valid_until IS NULL OR other.valid_until > now())
  )
ORDER BY o.id
LIMIT @limit`, Args: pgx.NamedArgs{"user": user, "after": after, "limit": limit}}, pgx.RowToStructByPos[SoleOwnership])
}

// ListPersonNames lists the names of a person, and those of the organisations that
// they belong to, in all tenants.
func ListPersonNames(ctx context.Context, tx pg.Tx, user id.ID) ([]string, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing a person's names", SQL: `
SELECT DISTINCT name
FROM (
  SELECT unnest(ARRAY[m.given_name, m.family_name, o.legal_name]) AS name
  FROM member m
  JOIN organization o ON o.id = m.organization_id
  WHERE m.user_id = @user
    AND m.end_time IS NULL
  UNION ALL
  SELECT unnest(ARRAY[c.given_name, c.family_name, o.legal_name])
  FROM client_contact c
  JOIN organization o ON o.id = c.partner_id
  WHERE c.user_id = @user
    AND c.end_time IS NULL
) AS names
WHERE name <> ''
ORDER BY name
LIMIT 600`, Args: pgx.NamedArgs{"user": user}}, pgx.RowTo[string])
}

// ListKeys lists the addresses, by their keys, under which a person is or was a
// member or a client's contact.
func ListKeys(ctx context.Context, tx pg.Tx, user id.ID) ([]string, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing a person's addresses", SQL: `
SELECT email_key
FROM member
WHERE user_id = @user
UNION
SELECT email_key
FROM client_contact
WHERE user_id = @user
ORDER BY email_key
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}, pgx.RowTo[string])
}

// ListMemberships lists the live memberships of a person in all tenants, in one
// order for everybody: whoever locks organisations one by one waits, and does
// not deadlock.
func ListMemberships(ctx context.Context, tx pg.Tx, user id.ID) ([]domain.Membership, error) {
	return manyMembers(ctx, tx, `
FROM member m
WHERE m.user_id = @user
  AND m.end_time IS NULL
ORDER BY m.organization_id, m.id
LIMIT 1000`, pgx.NamedArgs{"user": user})
}

// StorePerson stores a person's address and language in all their memberships.
func StorePerson(ctx context.Context, tx pg.Tx, p domain.Person) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing who a person is", SQL: `
UPDATE member
SET email = @email, email_key = @key, locale = @locale
WHERE user_id = @user
  AND end_time IS NULL`, Args: pgx.NamedArgs{"user": p.UserID, "email": p.Email, "key": p.EmailKey, "locale": p.Locale}})
	return err
}

// LockPendingOf locks the invitations of all tenants that wait for one of these
// addresses.
func LockPendingOf(ctx context.Context, tx pg.Tx, keys []string) ([]domain.Invitation, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "locking a person's invitations", SQL: `
SELECT ` + invitationColumns + `
FROM invitation i
WHERE i.email_key = ANY(@keys)
  AND i.state = 'PENDING'
ORDER BY i.id
LIMIT 1000
FOR UPDATE`, Args: pgx.NamedArgs{"keys": keys}}, invitationFromRow)
}

// ForgetPerson empties what a person's memberships, and the invitations that led
// to them or went to these addresses, say about them. The rows stay: facts do
// not vanish.
func ForgetPerson(ctx context.Context, tx pg.Tx, user id.ID, keys []string) error {
	args := pgx.NamedArgs{"user": user, "keys": keys}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting a person's invitations", SQL: `
UPDATE invitation
SET given_name = '', family_name = '', email = '', email_key = 'erased ' || @user::uuid
WHERE email_key = ANY(@keys)
  OR member_id IN (
    SELECT id
    FROM member
    WHERE user_id = @user
  )`, Args: args})
	if err != nil {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting a person's firms", SQL: `
UPDATE client_contact
SET given_name = '', family_name = '', email = '', email_key = 'erased ' || id
WHERE user_id = @user
   OR email_key = ANY(@keys)`, Args: args})
	if err != nil {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting a person's memberships", SQL: `
UPDATE member
SET given_name = '', family_name = '', phone = '', email = '', email_key = 'erased ' || user_id
WHERE user_id = @user`, Args: args})
	return err
}

// MembershipsOf selects what is kept about a person's memberships.
func MembershipsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's memberships", SQL: `
SELECT jsonb_build_object('organization', o.legal_name, 'given_name', m.given_name, 'family_name', m.family_name,
  'phone', m.phone, 'email', m.email, 'role', m.role, 'partner_role', m.partner_role, 'rights', m.rights,
  'create_time', m.create_time, 'valid_until', m.valid_until, 'end_time', m.end_time)
FROM member m
JOIN organization o ON o.id = m.organization_id
WHERE m.user_id = @user
ORDER BY m.create_time DESC, m.id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}

// FirmsOf selects what firms hold of a person as a client's contact.
func FirmsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's firms", SQL: `
SELECT jsonb_build_object('organization', o.legal_name, 'given_name', c.given_name, 'family_name', c.family_name,
  'email', c.email, 'create_time', c.create_time, 'end_time', c.end_time)
FROM client_contact c
JOIN organization o ON o.id = c.partner_id
WHERE c.user_id = @user
ORDER BY c.create_time DESC, c.id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}

// InvitationsOf selects what is kept about the invitations that a person
// accepted or sent.
func InvitationsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's invitations", SQL: `
SELECT jsonb_build_object('organization', o.legal_name, 'sent', i.inviter_id IS NOT DISTINCT FROM @user,
  'state', i.state, 'create_time', i.create_time, 'expire_time', i.expire_time)
FROM invitation i
JOIN organization o ON o.id = i.organization_id
LEFT JOIN member m ON m.id = i.member_id
WHERE i.inviter_id = @user
   OR m.user_id = @user
ORDER BY i.create_time DESC, i.id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}
