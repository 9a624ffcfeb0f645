package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func TestATokenServesOnce(t *testing.T) { // D1, T-13
	t.Parallel()
	b := setup(t)
	secret, invitation := token.New(token.Invitation), b.invitation(b.organization(domain.Client), "a@example.com")
	consume := func() error {
		return b.db.InTenant(t.Context(), invitation.OrganizationID, func(ctx context.Context, tx pg.Tx) error {
			return postgres.ConsumeToken(ctx, tx, secret, id.New())
		})
	}
	require.ErrorIs(t, consume(), postgres.ErrTokenUsed, "nobody minted it")
	b.system(func(ctx context.Context, tx pg.Tx) error { return postgres.InsertToken(ctx, tx, secret, invitation) })
	require.NoError(t, consume())
	require.ErrorIs(t, consume(), postgres.ErrTokenUsed)
}
