package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func (b *bundle) assign(name, owner string) (n domain.Namespace, err error) {
	b.Helper()
	err = b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		n, err = app.AssignNamespace{Deps: b.deps}.Do(ctx, tx, name, owner)
		return err
	})
	return n, err
}

// The operator gives a part of the catalogue to a team, and takes it back: from
// then on its new owner alone registers it, and no right changes by it.
func TestANamespaceIsAssigned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mailTeam := "spiffe://aval.local/ns/aval/sa/mail"
	given, err := b.assign("shop", shopTeam)
	require.NoError(t, err)
	require.Equal(t, domain.Namespace{Name: "shop", Owner: shopTeam, RegisterTime: given.RegisterTime}, given)
	_, err = b.register(1, feature("shop"))
	require.NoError(t, err)
	org, owner := b.organization(domain.Client)
	m := b.join(org, owner, b.person("a@example.com"), member(domain.Rights{"shop": domain.LevelEditor}))

	given, err = b.assign("shop", mailTeam)
	require.NoError(t, err)
	require.EqualValues(t, 1, given.Version, "what is registered stays")
	_, err = b.register(2, feature("shop"), feature("shop/orders"))
	require.ErrorIs(t, err, domain.ErrNamespaceTaken)
	_, err = b.assign("shop", "")
	require.NoError(t, err)
	_, err = b.assign("aval", mailTeam)
	require.ErrorIs(t, err, domain.ErrNamespaceTaken)
	require.True(t, b.may(m, "shop", domain.LevelEditor))
	require.False(t, b.may(m, "shop", domain.LevelApprover))

	require.NoError(t, b.system(func(ctx context.Context, tx pg.Tx) error {
		list, err := postgres.ListNamespaces(ctx, tx, "management", 2)
		require.Equal(t, []string{"shop", "sms"}, []string{list[0].Name, list[1].Name})
		require.Empty(t, list[0].Owner)
		return err
	}))
	require.Equal(t, 3, b.count("SELECT count(*) FROM outbox WHERE subject = 'aval.membership.v1.namespace.assigned'"))
	_, err = b.assign("shop", "")
	require.NoError(t, err)
	require.Equal(t, 3, b.count("SELECT count(*) FROM outbox WHERE subject = 'aval.membership.v1.namespace.assigned'"), "repeating tells nothing new")
}
