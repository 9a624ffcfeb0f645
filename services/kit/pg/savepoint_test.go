package pg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

func TestASavepointTakesBackItsOwnPartAlone(t *testing.T) {
	t.Parallel()
	db, tenant := setup(t), id.New()
	refused := errors.New("refused")
	require.NoError(t, db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
		part := func(body string, then error) error {
			return tx.Savepoint(ctx, func(tx pg.Tx) error {
				return errors.Join(insert(tenant, tenant, body)(ctx, tx), then)
			})
		}
		require.NoError(t, part("a", nil))
		require.ErrorIs(t, part("b", refused), refused)
		require.True(t, pg.IsUnique(part("a", nil), "note_body_unique"))
		return part("c", nil)
	}))
	var got []string
	require.NoError(t, db.InTenant(t.Context(), tenant, bodies(&got)))
	require.Equal(t, []string{"a", "c"}, got)
}
