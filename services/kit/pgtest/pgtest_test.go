package pgtest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	event := id.New()
	for _, db := range []*pg.DB{pgtest.DB(t, "sample", nil), pgtest.DB(t, "sample", nil), pgtest.DB(t, "other", nil)} {
		require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			first, err := inbox.Once(ctx, tx, "a", event)
			require.True(t, first)
			return err
		}))
	}
}
