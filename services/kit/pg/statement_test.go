package pg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

func TestWorkGivesWhatIsCommittedAlone(t *testing.T) {
	t.Parallel()
	db, ctx, tenant := setup(t), t.Context(), id.New()
	failed := errors.New("changed my mind")
	for name, end := range map[string]error{"committed": nil, "rolled back": failed} {
		given, err := pg.InTenant(ctx, db, tenant, func(ctx context.Context, tx pg.Tx) (string, error) {
			if err := insert(tenant, id.New(), name)(ctx, tx); err != nil {
				return "", err
			}
			return name, end
		})
		require.ErrorIs(t, err, end)
		if end != nil {
			require.Empty(t, given, "what was rolled back is not given")
			continue
		}
		require.Equal(t, name, given)
	}
	kept, err := pg.InSystem(ctx, db, "test", func(ctx context.Context, tx pg.Tx) ([]string, error) {
		return pg.Many(ctx, tx, pg.Statement{Doing: "reading notes", SQL: `
SELECT body
FROM note
ORDER BY body
LIMIT 10`}, pgx.RowTo[string])
	})
	require.NoError(t, err)
	require.Equal(t, []string{"committed"}, kept)
}

func TestAStatementSaysWhatItWasFor(t *testing.T) {
	t.Parallel()
	db, tenant := setup(t), id.New()
	changed, err := pg.InTenant(t.Context(), db, tenant, func(ctx context.Context, tx pg.Tx) (int64, error) {
		_, err := pg.One(ctx, tx, pg.Statement{Doing: "reading note", SQL: `
SELECT body
FROM note
WHERE tenant_id = @tenant`, Args: pgx.NamedArgs{"tenant": tenant}}, pgx.RowTo[string])
		require.ErrorIs(t, err, pg.ErrNoRows)
		require.ErrorContains(t, err, "reading note: ")
		return pg.Exec(ctx, tx, pg.Statement{Doing: "storing note", SQL: `
INSERT INTO note (tenant_id, user_id, body)
VALUES (@tenant, @tenant, 'a')`, Args: pgx.NamedArgs{"tenant": tenant}})
	})
	require.NoError(t, err)
	require.EqualValues(t, 1, changed)

	_, err = pg.InApp(t.Context(), db, func(ctx context.Context, tx pg.Tx) (int64, error) {
		return pg.Exec(ctx, tx, pg.Statement{Doing: "nonsense", SQL: "SELECT nonsense"})
	})
	require.ErrorContains(t, err, "nonsense: ")
}

func TestStatementsInOneRoundTripAreCountedEach(t *testing.T) {
	t.Parallel()
	db, tenant := setup(t), id.New()
	add := func(body string) pg.Statement {
		return pg.Statement{Doing: "adding note", SQL: `
INSERT INTO note (tenant_id, user_id, body)
VALUES (@tenant, @tenant, @body)`, Args: pgx.NamedArgs{"tenant": tenant, "body": body}}
	}
	require.NoError(t, db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
		changed, err := pg.ExecAll(ctx, tx, []pg.Statement{add("one"), add("two"), {Doing: "changing notes", SQL: `
UPDATE note
SET body = body || '!'`}})
		require.Equal(t, []int64{1, 1, 2}, changed)
		total, err := pg.Total(changed, err)
		require.EqualValues(t, 4, total)
		return err
	}))
	err := db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
		_, err := pg.ExecAll(ctx, tx, []pg.Statement{add("three"), add("one!"), add("four")})
		return err
	})
	require.True(t, pg.IsUnique(err, "note_body_unique"))
	require.ErrorContains(t, err, "adding note: ")
}
