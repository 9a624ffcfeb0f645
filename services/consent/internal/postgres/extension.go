package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// LockExtensions holds the requests for more than yeses give, each to its person.
// The yeses are of one client.
func (s Consents) LockExtensions(ctx context.Context, tx pg.Tx, given ...domain.Record) ([]domain.Record, error) {
	return s.extensions(ctx, tx, "state = 'REQUESTED'", given)
}

// LockRefusedExtensions holds the noes to more than a yes gives, as far as they
// could become yeses.
func (s Consents) LockRefusedExtensions(ctx context.Context, tx pg.Tx, given domain.Record) ([]domain.Record, error) {
	return s.extensions(ctx, tx, "state = 'REFUSED' AND NOT final", []domain.Record{given})
}

func (s Consents) extensions(ctx context.Context, tx pg.Tx, condition string, given []domain.Record) ([]domain.Record, error) {
	if len(given) == 0 {
		return nil, nil
	}
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND (partner_id, user_id, partner_role) IN (
    SELECT *
    FROM unnest(@partners::uuid[], @users::uuid[], @roles::text[]))
  AND `+condition+`
  AND extends IS NOT NULL
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{
		"client":   given[0].ClientID,
		"partners": fields.Each(given, func(r domain.Record) id.ID { return r.PartnerID }),
		"users":    fields.Each(given, func(r domain.Record) id.ID { return r.UserID }),
		"roles":    fields.Each(given, func(r domain.Record) string { return string(r.Role) }),
		"limit":    maxAtOnce,
	})
}

// SaveExtends writes what runs by now of the access that a request would replace.
func (Consents) SaveExtends(ctx context.Context, tx pg.Tx, r domain.Record) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "noting what runs", SQL: `
UPDATE consent
SET extends = @extends, version = @version
WHERE client_id = @client
  AND id = @id`, Args: pgx.NamedArgs{"extends": r.Extends, "version": r.Version, "client": r.ClientID, "id": r.ID}})
	return err
}
