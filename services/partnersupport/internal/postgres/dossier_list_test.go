package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// R20: what was just imported is counted before the database has statistics of
// it: by the join of the two it took a minute.
func TestManyDossiersAreCountedAsTheyCome(t *testing.T) {
	t.Parallel()
	const many = 30_000
	db := setup(t)
	w := newWorld(1).store(t, db)
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		_, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0")
		require.NoError(t, err)
		_, err = tx.Exec(ctx, `
WITH link AS (
  INSERT INTO dossier (partner_id, id, client_id, partner_name, client_name, client_registration_number, sort_name, state, version, create_time)
  SELECT @partner, gen_random_uuid(), gen_random_uuid(), 'Lumen', 'Client ' || n, n::text, 'client ' || n, 'ACTIVE', 1, now()
  FROM generate_series(1, @many::integer) AS n
  RETURNING id
)
INSERT INTO assignment (partner_id, id, dossier_id, collaborator_id, requester_id, reason, proposed_duration, state, end_reason, version, create_time)
SELECT @partner, gen_random_uuid(), link.id, @collaborator, @collaborator, '', '7 days', 'ACTIVE', '', 1, now()
FROM link`, pgx.NamedArgs{"partner": w.partner(), "collaborator": w.collaborator.ID, "many": many})
		require.NoError(t, err)
		_, err = tx.Exec(ctx, "SET LOCAL statement_timeout = '10s'")
		require.NoError(t, err)
		counts, err := postgres.CountDossiers(ctx, tx, postgres.DossierList{Partner: w.partner()})
		require.NoError(t, err)
		require.Equal(t, domain.DossierCounts{Total: many + 1, Active: many + 1, NeverUsed: many}, counts, "the first has been visited")
	})
}
