package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// forgetBatch bounds what one statement forgets.
const forgetBatch = 1000

// ForgetInvitations empties whom a batch of invitations was meant for that were
// never accepted and whose links ended before the given moment; it gives how
// many. The rows stay.
func ForgetInvitations(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting invited people", SQL: `
UPDATE invitation
SET given_name = '', family_name = '', email = '', email_key = 'forgotten ' || id
WHERE id IN (
  SELECT id
  FROM invitation
  WHERE state <> 'ACCEPTED'
    AND email <> ''
    AND expire_time < @before
  ORDER BY expire_time, id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": forgetBatch}})
}

// ForgetFormer empties what a batch of memberships and of clients' contacts that
// ended before the given moment says about the person, and the invitations that
// led there; it gives how many. The rows stay.
func ForgetFormer(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	args := pgx.NamedArgs{"before": before, "batch": forgetBatch}
	return pg.Total(pg.ExecAll(ctx, tx, []pg.Statement{
		{Doing: "forgetting former members", SQL: `
WITH former AS (
  UPDATE member
  SET given_name = '', family_name = '', phone = '', email = '', email_key = 'forgotten ' || id
  WHERE id IN (
    SELECT id
    FROM member
    WHERE end_time < @before
      AND email <> ''
    ORDER BY end_time, id
    LIMIT @batch
  )
  RETURNING id
)
UPDATE invitation
SET given_name = '', family_name = '', email = '', email_key = 'forgotten ' || invitation.id
FROM former
WHERE invitation.member_id = former.id`, Args: args},
		{Doing: "forgetting former contacts", SQL: `
UPDATE client_contact
SET given_name = '', family_name = '', email = '', email_key = 'forgotten ' || id
WHERE id IN (
  SELECT id
  FROM client_contact
  WHERE end_time < @before
    AND email <> ''
  ORDER BY end_time, id
  LIMIT @batch
)`, Args: args},
	}))
}

// ListContactsOf lists what firms hold of a person as a client's contact, by
// their id or by one of these addresses.
func ListContactsOf(ctx context.Context, tx pg.Tx, user id.ID, keys []string) ([]domain.ClientContact, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing a person's firms", SQL: `
SELECT ` + contactColumns + `
FROM client_contact c
WHERE (c.user_id = @user OR c.email_key = ANY(@keys))
  AND c.email <> ''
ORDER BY c.partner_id, c.id
LIMIT 1000`, Args: pgx.NamedArgs{"user": user, "keys": keys}}, contactFromRow)
}
