package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// contactColumns are in the order of domain.ClientContact.
const contactColumns = `c.id, c.partner_id, c.user_id, c.email, c.email_key, c.given_name, c.family_name, c.dossiers,
       c.create_time, coalesce(c.end_time, ` + noTime + `), c.version`

// LockContact locks a live contact by its id or, where that is zero, by its
// address; pg.ErrNoRows when the firm has none.
func LockContact(ctx context.Context, tx pg.Tx, partner, contact id.ID, emailKey string) (domain.ClientContact, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading contact", SQL: `
SELECT ` + contactColumns + `
FROM client_contact c
WHERE c.partner_id = @partner
  AND (c.id = @contact::uuid OR @contact::uuid IS NULL AND c.email_key = @key)
  AND c.end_time IS NULL
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "contact": contact, "key": emailKey}}, contactFromRow)
}

// HasContact tells whether a firm has a live contact with this address.
func HasContact(ctx context.Context, tx pg.Tx, partner id.ID, emailKey string) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for a contact", SQL: `
SELECT EXISTS (
  SELECT
  FROM client_contact c
  WHERE c.partner_id = @partner
    AND c.email_key = @key
    AND c.end_time IS NULL
)`, Args: pgx.NamedArgs{"partner": partner, "key": emailKey}}, pgx.RowTo[bool])
}

// StoreContact stores a new or a locked contact.
func StoreContact(ctx context.Context, tx pg.Tx, c domain.ClientContact) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing contact", SQL: `
INSERT INTO client_contact (id, partner_id, user_id, email, email_key, given_name, family_name, dossiers, create_time, version)
VALUES (@id, @partner, @user, @email, @key, @given, @family, @dossiers, @created, @version)
ON CONFLICT (id) DO UPDATE
SET dossiers = excluded.dossiers,
    end_time = @end,
    version = excluded.version`, Args: pgx.NamedArgs{
		"id": c.ID, "partner": c.PartnerID, "user": c.UserID, "email": c.Email, "key": c.EmailKey,
		"given": c.GivenName, "family": c.FamilyName, "dossiers": c.Dossiers, "created": c.CreateTime,
		"end": pg.NullTime(c.EndTime), "version": c.Version,
	}})
	return err
}

// LinkContact gives a firm's contact with this address its person; nothing
// where the firm has none.
func LinkContact(ctx context.Context, tx pg.Tx, partner id.ID, p domain.Person) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "linking contact", SQL: `
UPDATE client_contact
SET user_id = @user,
    version = version + 1
WHERE partner_id = @partner
  AND email_key = @key
  AND end_time IS NULL`, Args: pgx.NamedArgs{"partner": partner, "key": p.EmailKey, "user": p.UserID}})
	return err
}

// FindPerson gives the person who proved an address anywhere in Aval, zero for
// nobody (R96). It goes over all organisations: the system's transaction alone
// sees them, and no answer may tell.
func FindPerson(ctx context.Context, tx pg.Tx, emailKey string) (id.ID, error) {
	user, err := pg.One(ctx, tx, pg.Statement{Doing: "looking for a person", SQL: `
SELECT user_id
FROM (
  SELECT m.user_id, m.create_time FROM member m WHERE m.email_key = @key AND m.end_time IS NULL
  UNION ALL
  SELECT c.user_id, c.create_time FROM client_contact c WHERE c.email_key = @key AND c.end_time IS NULL AND c.user_id IS NOT NULL
) known
ORDER BY create_time DESC, user_id
LIMIT 1`, Args: pgx.NamedArgs{"key": emailKey}}, pgx.RowTo[id.ID])
	if errors.Is(err, pg.ErrNoRows) {
		return id.ID{}, nil
	}
	return user, err
}

// ListContacts lists a firm's contacts, oldest first; of one dossier, or with
// the zero id of all.
func ListContacts(ctx context.Context, tx pg.Tx, partner, dossier id.ID, s Slice) ([]domain.ClientContact, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing contacts", SQL: `
SELECT ` + contactColumns + `
FROM client_contact c
WHERE c.partner_id = @partner
  AND c.end_time IS NULL
  AND (@dossier::uuid IS NULL OR @dossier = ANY(c.dossiers))
  AND (c.create_time, c.id) > (@after_time, @after_id::uuid)
ORDER BY c.create_time, c.id
LIMIT @limit`, Args: s.args(pgx.NamedArgs{"partner": partner, "dossier": dossier})}, contactFromRow)
}

func contactFromRow(row pgx.CollectableRow) (domain.ClientContact, error) {
	return pgx.RowToStructByPos[domain.ClientContact](row)
}
