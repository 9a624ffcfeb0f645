package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

func seeded() domain.Catalogue {
	return domain.Catalogue{
		{Path: "account"}, {Path: "account/invoices", Excluded: true},
		{Path: "accounting"}, {Path: "accounting/bank", Sensitive: true},
		{Path: "aval", System: true, Excluded: true}, {Path: domain.OrganizationFeature, System: true, Excluded: true},
		{Path: "emailings"}, {Path: "forms"}, {Path: "sms"},
		{Path: "management"}, {Path: "management/contacts"}, {Path: "management/invoices"},
		{Path: "spending", Apart: true, Excluded: true},
	}
}

// R115 to R122: a preset holds features of the catalogue, and never spending,
// what is sensitive, or Aval's own.
func TestPresetsHoldNothingThatIsChosenOneByOne(t *testing.T) {
	t.Parallel()
	for _, p := range domain.Presets() {
		require.NoError(t, seeded().Check(p.Rights), p.Key)
		require.NotEmpty(t, p.LabelFR+p.LabelEN)
		for _, f := range seeded() {
			if f.Sensitive || f.Apart || f.System {
				require.Equal(t, domain.LevelNone, f.Level(p.Rights), "%s on %s", p.Key, f.Path)
			}
		}
		require.Equal(t, p.Key, domain.PresetOf(domain.Offer{Role: domain.Member, Rights: p.Rights}))
	}
	require.Empty(t, domain.PresetOf(domain.Offer{Role: domain.Owner}))
}

func TestEveryLevelSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	offer := domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": 3, "management/invoices": 1, "account": 4}}
	cases := []struct {
		feature domain.Feature
		level   domain.Level
		origin  domain.Origin
		from    string
	}{
		{domain.Feature{Path: "management"}, 3, domain.FromOwnLine, ""},
		{domain.Feature{Path: "management/invoices"}, 1, domain.FromOwnLine, ""},
		{domain.Feature{Path: "management/contacts"}, 3, domain.FromAncestor, "management"},
		{domain.Feature{Path: "sms"}, 1, domain.FromNothing, ""},
		{domain.Feature{Path: domain.OrganizationFeature}, 2, domain.FromBeing, ""},
		{domain.Feature{Path: "account/credits", Apart: true}, 1, domain.FromNothing, ""}, // R120
	}
	for _, c := range cases {
		got := domain.EffectiveOf(c.feature, offer)
		require.Equal(t, domain.Effective{Feature: c.feature, Level: c.level, Origin: c.origin, From: c.from}, got)
	}
	all := domain.EffectiveOf(domain.Feature{Path: "spending", Apart: true}, domain.Offer{Role: domain.Admin})
	require.Equal(t, domain.FromRole, all.Origin)
	require.Equal(t, domain.LevelApprover, all.Level)
}

func TestATreeHangsTogether(t *testing.T) {
	t.Parallel()
	trees := map[string][]domain.Feature{
		"outside the namespace":   {{Path: "shop"}, {Path: "other"}},
		"without its parent":      {{Path: "shop"}, {Path: "shop/a/b"}},
		"the same path twice":     {{Path: "shop"}, {Path: "shop"}},
		"a label that deceives":   {{Path: "shop", LabelFR: "a\u202eb"}},
		"a look-alike of another": {{Path: "shop"}, {Path: "shopping"}},
	}
	for name, features := range trees {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := domain.Registration{Namespace: "shop", Version: 1, Features: features}.Against(nil, nil, time.Time{})
			var field domain.FieldError
			require.ErrorAs(t, err, &field)
		})
	}
}
