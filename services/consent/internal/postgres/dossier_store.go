package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// NewestOf reads the last request of a partner to a client; NOT_FOUND when it
// never asked.
func (s Consents) NewestOf(ctx context.Context, tx pg.Tx, client, partner id.ID) (domain.Record, error) {
	return s.one(ctx, tx, `
WHERE client_id = @client
  AND partner_id = @partner
ORDER BY create_time DESC, id DESC
LIMIT 1`, pgx.NamedArgs{"client": client, "partner": partner})
}

// LockAsked holds a batch of what one partner asked of one client and nobody
// answered.
func (s Consents) LockAsked(ctx context.Context, tx pg.Tx, client, partner id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND partner_id = @partner
  AND state = 'REQUESTED'
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{"client": client, "partner": partner, "limit": maxAtOnce})
}

// LockOpenOfDossier holds what one partner asked of one client, or holds there,
// and the noes that could become yeses.
func (s Consents) LockOpenOfDossier(ctx context.Context, tx pg.Tx, partner, client id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE partner_id = @partner
  AND client_id = @client
  AND (state IN ('REQUESTED', 'GIVEN') OR state = 'REFUSED' AND NOT final)
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
