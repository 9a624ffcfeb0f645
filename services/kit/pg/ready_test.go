package pg_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestReady(t *testing.T) {
	t.Parallel()
	first := &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE readied (id int PRIMARY KEY);\n")}
	own := fstest.MapFS{"0001_make_readied.sql": first}
	newer := fstest.MapFS{"migrations/0001_make_readied.sql": first, "migrations/0002_fill_readied.sql": first}

	t.Run("the schema of this binary, or a newer one, is ready", func(t *testing.T) {
		t.Parallel()
		db := pgtest.DB(t, "readied", own)
		require.NoError(t, db.Ready(t.Context(), nil))
		require.NoError(t, db.Ready(t.Context(), own))
	})
	t.Run("an older schema is not", func(t *testing.T) {
		t.Parallel()
		db := pgtest.DB(t, "readied", own)
		require.ErrorIs(t, db.Ready(t.Context(), newer), pg.ErrOldSchema)
	})
	t.Run("nor is a database before its first migration", func(t *testing.T) {
		t.Parallel()
		require.Error(t, pgtest.DB(t, "unmigrated", nil).Ready(t.Context(), own))
	})
}
