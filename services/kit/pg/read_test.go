package pg_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestReadSystem(t *testing.T) {
	t.Parallel()
	db := setup(t)
	ctx := t.Context()
	tenant := id.New()
	require.NoError(t, db.InTenant(ctx, tenant, insert(tenant, id.New(), "a")))

	var got []string
	collect := func(rows pgx.Rows) (err error) {
		got, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}
	query := pg.Query{SQL: "SELECT body FROM note WHERE tenant_id = $1 LIMIT 1", Args: []any{tenant}}
	require.NoError(t, db.ReadSystem(ctx, "test", query, collect))
	require.Equal(t, []string{"a"}, got)
	require.Error(t, db.ReadSystem(ctx, "", query, collect), "a reason is required")
	require.Error(t, db.ReadSystem(ctx, "test", pg.Query{SQL: "SELECT nonsense"}, collect))

	alone, err := pg.Open(ctx, pg.Config{AppURL: config.NewSecret(pgtest.URLs(t, "sample", notes()).App)})
	require.NoError(t, err)
	t.Cleanup(alone.Close)
	require.Error(t, alone.ReadSystem(ctx, "test", query, collect), "no system url was given")
}
