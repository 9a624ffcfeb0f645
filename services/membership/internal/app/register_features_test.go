package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

const shopTeam = "spiffe://aval.local/ns/aval/sa/shop"

func feature(path string) domain.Feature {
	return domain.Feature{Path: path, LabelFR: "Libellé " + path, LabelEN: "Label " + path}
}

func (b *bundle) register(version int64, features ...domain.Feature) (changes domain.Registered, err error) {
	b.Helper()
	err = b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		changes, err = app.RegisterFeatures{Deps: b.deps}.Do(ctx, tx, domain.Registration{
			Namespace: "shop", Version: version, Owner: shopTeam, Features: features,
		})
		return err
	})
	return changes, err
}

// A namespace's tree is registered in versions; one that leaves a feature out
// never widens anybody's rights.
func TestARemovalWidensNobodysRights(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shop, orders, refunds := feature("shop"), feature("shop/orders"), feature("shop/orders/refunds")
	_, err := b.register(1, shop, orders, refunds)
	require.NoError(t, err)
	org, owner := b.organization(domain.Client)
	m := b.join(org, owner, b.person("a@example.com"), member(domain.Rights{
		"shop": domain.LevelApprover, "shop/orders": domain.LevelNone,
	}))
	require.True(t, b.may(m, "shop", domain.LevelApprover))
	require.False(t, b.may(m, "shop/orders/refunds", domain.LevelGuest))

	changes, err := b.register(2, shop)
	require.NoError(t, err)
	require.Len(t, changes.Retired, 2)
	require.False(t, b.may(m, "shop/orders", domain.LevelGuest), "a retired feature denies")
	require.False(t, b.may(b.membership(org, owner), "shop/orders", domain.LevelGuest), "to everybody")
	_, err = b.update(m, owner, domain.SheetChange{
		Fields: []domain.SheetField{domain.RightsField}, Offer: member(domain.Rights{"shop": domain.LevelEditor}),
	}, 0)
	require.NoError(t, err)
	_, err = b.register(3, shop, orders, refunds)
	require.NoError(t, err)
	require.True(t, b.may(m, "shop", domain.LevelEditor))
	require.False(t, b.may(m, "shop/orders/refunds", domain.LevelGuest), "the NONE was nobody's to lose meanwhile")
}

func TestAVersionIsTakenOnceAndNeverSaysTwoThings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shop := feature("shop")
	_, err := b.register(5, shop)
	require.NoError(t, err)
	again, err := b.register(5, shop)
	require.NoError(t, err)
	require.True(t, again.Empty())
	other := shop
	other.LabelFR = "Autre"
	_, err = b.register(5, other)
	require.ErrorIs(t, err, domain.ErrVersionStale)
	_, err = b.register(4, shop)
	require.ErrorIs(t, err, domain.ErrVersionStale)
	changes, err := b.register(6, other)
	require.NoError(t, err)
	require.Len(t, changes.Changed, 1)
}

// What is registered is its team's, and what the seeds brought the operator's;
// Aval's own permissions are nobody's.
func TestANamespaceIsItsTeams(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.register(1, feature("shop"))
	require.NoError(t, err)
	for namespace, owner := range map[string]string{
		"shop": "spiffe://aval.local/ns/aval/sa/other", "management": shopTeam, "aval": "",
	} {
		err := b.system(func(ctx context.Context, tx pg.Tx) error {
			_, err := app.RegisterFeatures{Deps: b.deps}.Do(ctx, tx, domain.Registration{
				Namespace: namespace, Version: 9, Owner: owner, Features: []domain.Feature{feature(namespace)},
			})
			return err
		})
		require.ErrorIs(t, err, domain.ErrNamespaceTaken, namespace)
	}
}

func TestAProtectionIsNotTakenBackNorARetiredPathReused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shop, bank := feature("shop"), feature("shop/bank")
	bank.Sensitive, bank.Excluded, bank.Apart = true, true, true
	_, err := b.register(1, shop, bank)
	require.NoError(t, err)
	for _, loosen := range []func(*domain.Feature){
		func(f *domain.Feature) { f.Sensitive = false },
		func(f *domain.Feature) { f.Excluded = false },
		func(f *domain.Feature) { f.Apart = false },
	} {
		looser := bank
		loosen(&looser)
		_, err = b.register(2, shop, looser)
		require.ErrorIs(t, err, domain.ErrMeaningChanged)
	}
	_, err = b.register(2, shop)
	require.NoError(t, err)
	reused := bank
	reused.LabelEN = "Something else"
	_, err = b.register(3, shop, reused)
	require.ErrorIs(t, err, domain.ErrMeaningChanged)
	_, err = b.register(3, shop, bank)
	require.NoError(t, err)
}
