package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// ForgetPerson empties what a person's rows as a collaborator say about them.
// What they did stays under their id.
func ForgetPerson(ctx context.Context, tx pg.Tx, user id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting a collaborator", SQL: `
UPDATE collaborator
SET given_name = '', family_name = '', email = '', email_key = '', canonical_key = '', search_text = ''
WHERE user_id = @user`, Args: pgx.NamedArgs{"user": user}})
	return err
}

// CollaborationsOf selects where a person was a collaborator.
func CollaborationsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's collaborations", SQL: `
SELECT jsonb_build_object('given_name', given_name, 'family_name', family_name, 'email', email,
  'partner_role', partner_role, 'state', state, 'create_time', create_time, 'leave_time', leave_time)
FROM collaborator
WHERE user_id = @user
ORDER BY create_time DESC, id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}

// TagsOf selects how a person was tagged.
func TagsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's tags", SQL: `
SELECT jsonb_build_object('kind', t.kind, 'since_time', t.since_time, 'until_time', t.until_time)
FROM collaborator_tag t
JOIN collaborator c ON c.partner_id = t.partner_id AND c.id = t.collaborator_id
WHERE c.user_id = @user
ORDER BY t.since_time DESC, t.id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}

// VisitsOf selects the newest visits of a person.
func VisitsOf(user id.ID) pg.Statement {
	return pg.Statement{Doing: "gathering a person's visits", SQL: `
SELECT jsonb_build_object('client', d.client_name, 'reason', s.reason, 'start_time', s.start_time, 'end_time', s.end_time)
FROM support_session s
JOIN dossier d ON d.partner_id = s.partner_id AND d.id = s.dossier_id
WHERE s.user_id = @user
ORDER BY s.start_time DESC, s.id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"user": user}}
}
