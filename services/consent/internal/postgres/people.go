package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// RestrictPerson notes that a person wants to be forgotten, and drops the links
// and codes that were sent to them, and their devices. What proves a consent stays until its term.
func RestrictPerson(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) error {
	args := pgx.NamedArgs{"user": user, "now": now}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "restricting a person", SQL: `
INSERT INTO erased_person (user_id, request_time)
VALUES (@user, @now)
ON CONFLICT DO NOTHING`, Args: args})
	if err != nil {
		return err
	}
	for _, drop := range []pg.Statement{
		{Doing: "dropping a person's links", SQL: `
DELETE FROM consent_link
WHERE recipient_id = @user`, Args: args},
		{Doing: "dropping a person's codes", SQL: `
DELETE FROM consent_code
WHERE recipient_id = @user`, Args: args},
		{Doing: "dropping a person's devices", SQL: `
DELETE FROM known_device
WHERE user_id = @user`, Args: args},
	} {
		if _, err := pg.Exec(ctx, tx, drop); err != nil {
			return err
		}
	}
	return nil
}

// AnyErased tells whether one of these people asked to be forgotten.
func AnyErased(ctx context.Context, tx pg.Tx, people []id.ID) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for forgotten people", SQL: `
SELECT EXISTS (
  SELECT
  FROM erased_person
  WHERE user_id = ANY(@people::uuid[]))`, Args: pgx.NamedArgs{"people": present(people)}}, pgx.RowTo[bool])
}

// ConsentsOf selects the consents that are about a person or were answered by
// them.
func ConsentsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's consents", SQL: `
SELECT jsonb_build_object('client', client_name, 'partner', partner ->> 'legal_name',
  'about_me', user_id = @user, 'answered_by_me', approver_id IS NOT DISTINCT FROM @user,
  'given_name', given_name, 'family_name', family_name, 'approver_name', approver_name,
  'state', state, 'create_time', create_time, 'give_time', give_time, 'expire_time', expire_time, 'revoke_time', revoke_time,
  'network', CASE WHEN approver_id = @user THEN network ELSE '' END,
  'agent', CASE WHEN approver_id = @user THEN agent ELSE '' END)
FROM consent
WHERE user_id = @user
   OR approver_id = @user
ORDER BY create_time DESC, id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}

// HistoryOf selects the newest of what a person did.
func HistoryOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's history", SQL: `
SELECT jsonb_build_object('time', time, 'action', action, 'feature', feature, 'object', object, 'outcome', outcome)
FROM history
WHERE actor_id = @user
ORDER BY time DESC, id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}

// DevicesOf selects the devices that are known to be a person's.
func DevicesOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's devices", SQL: `
SELECT jsonb_build_object('create_time', create_time, 'expire_time', expire_time)
FROM known_device
WHERE user_id = @user
ORDER BY create_time DESC, hash
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}
