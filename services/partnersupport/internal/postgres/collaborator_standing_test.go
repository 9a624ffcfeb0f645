package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// R75: a staff of 10,000 that was just imported, with three dossiers each, is
// counted and looked through before the database has statistics of it, within a
// statement's time.
func TestManyCollaboratorsAreCountedAsTheyCome(t *testing.T) {
	t.Parallel()
	const many = 10_000
	db := setup(t)
	w := newWorld(1).store(t, db)
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		_, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0")
		require.NoError(t, err)
		_, err = tx.Exec(ctx, `
WITH person AS (
  INSERT INTO collaborator (partner_id, id, invitation_id, user_id, given_name, family_name, email, partner_role, state, version, create_time)
  SELECT @partner, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'Camille', 'Martin', 'camille@lumen.example', 'TECHNICAL_SUPPORT', 'READY', 1, now()
  FROM generate_series(1, @many::integer)
  RETURNING id
),
link AS (
  INSERT INTO dossier (partner_id, id, client_id, partner_name, client_name, client_registration_number, sort_name, state, version, create_time)
  SELECT @partner, gen_random_uuid(), gen_random_uuid(), 'Lumen', 'Client ' || n, n::text, 'client ' || n, 'ACTIVE', 1, now()
  FROM generate_series(1, 3) AS n
  RETURNING id
)
INSERT INTO assignment (partner_id, id, dossier_id, collaborator_id, requester_id, reason, proposed_duration, state, end_reason, version, create_time)
SELECT @partner, gen_random_uuid(), link.id, person.id, person.id, '', '7 days', 'ACTIVE', '', 1, now()
FROM person
CROSS JOIN link`, pgx.NamedArgs{"partner": w.partner(), "many": many})
		require.NoError(t, err)
		_, err = tx.Exec(ctx, "SET LOCAL statement_timeout = '10s'")
		require.NoError(t, err)
		counts, err := postgres.CountCollaborators(ctx, tx, postgres.StaffCount{Partner: w.partner()})
		require.NoError(t, err)
		require.Equal(t, domain.CollaboratorCounts{Total: many + 1, Active: many + 1, NeverUsed: many}, counts, "the first has visited")
		none, err := postgres.Collaborators(ctx, tx, postgres.CollaboratorList{Partner: w.partner(), Filter: domain.StaffLost, Now: time.Now(), Limit: 50})
		require.NoError(t, err)
		require.Empty(t, none, "nobody is found only once everybody was looked at")
	})
}
