package pgriver_test

import (
	"context"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pg/pgriver"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type work struct{}

func (work) Kind() string { return "work" }

func TestAJobIsQueuedInTheTransactionOfATenant(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "sample", nil, pgriver.Migrate)
	client, err := river.NewClient(riverpgxv5.New(db.SystemPool()), &river.Config{})
	require.NoError(t, err)
	require.NoError(t, db.InTenant(t.Context(), id.New(), func(ctx context.Context, tx pg.Tx) error {
		_, err := client.InsertTx(ctx, tx.Tx, work{}, nil)
		return err
	}))
	var queued int
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM river_job").Scan(&queued)
	}))
	require.Equal(t, 1, queued)
}
