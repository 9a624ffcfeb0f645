package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// LockOpenOfDossier holds what one partner asked of one client, or holds there.
func (s Consents) LockOpenOfDossier(ctx context.Context, tx pg.Tx, partner, client id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE partner_id = @partner
  AND client_id = @client
  AND state IN ('REQUESTED', 'GIVEN')
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{"partner": partner, "client": client, "limit": maxAtOnce})
}

// UnsettledEndsOfDossier reads the ends that the decision has not confirmed,
// between one partner and one client.
func (s Grants) UnsettledEndsOfDossier(ctx context.Context, tx pg.Tx, partner, client id.ID) ([]domain.Grant, error) {
	return s.many(ctx, tx, `
WHERE partner_id = @partner
  AND client_id = @client
  AND state <> 'ACTIVE'
  AND settled < version
ORDER BY id
LIMIT @limit`, pgx.NamedArgs{"partner": partner, "client": client, "limit": maxAtOnce})
}
