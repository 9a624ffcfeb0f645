package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
)

// OfRecipient selects what is kept about the mails to somebody, newest first.
func (Deliveries) OfRecipient(ref string) pg.Statement {
	return pg.Statement{Doing: "listing a recipient's deliveries", SQL: `
SELECT jsonb_build_object('template', template, 'locale', locale, 'state', state,
  'create_time', create_time, 'sent_time', sent_time)
FROM delivery
WHERE recipient_ref = @ref
ORDER BY id DESC
LIMIT 1000`, Args: pgx.NamedArgs{"ref": ref}}
}

// Forget empties the bodies of mails to somebody.
func (Deliveries) Forget(ctx context.Context, tx pg.Tx, ref string) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting a recipient", SQL: `
UPDATE delivery
SET address = '', subject_line = '', text_body = '', html_body = '', logo = ''
WHERE recipient_ref = @ref`, Args: pgx.NamedArgs{"ref": ref}})
	return err
}
