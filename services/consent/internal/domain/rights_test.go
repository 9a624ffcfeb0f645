package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

func TestPresets(t *testing.T) {
	t.Parallel()
	require.Equal(t, []domain.Right{ // R31, R26
		{Feature: "management", Level: domain.Approver}, {Feature: "accounting", Level: domain.Approver},
	}, domain.TechnicalSupport.Preset())
	require.Equal(t, []domain.Right{ // R7: another role, another preset
		{Feature: "accounting", Level: domain.Approver}, {Feature: "management", Level: domain.Guest},
	}, domain.Accountant.Preset())
}

func TestSensitiveFeaturesAreLinesOfTheirOwn(t *testing.T) { // R130
	t.Parallel()
	var paths []string
	for _, line := range lines() {
		paths = append(paths, line.Feature)
		require.Equal(t, line.Feature == "accounting/bank", line.Sensitive)
	}
	require.Equal(t, []string{"management", "accounting", "accounting/bank"}, paths, "excluded features are never asked for")
}

func TestLowering(t *testing.T) { // R123
	t.Parallel()
	bank := domain.Right{Feature: "accounting/bank", Level: domain.Approver}
	for name, c := range map[string]struct {
		named []domain.Right
		want  []domain.Right
	}{
		"as it stands: sensitive stays out": {nil, []domain.Right{
			{Feature: "accounting", Level: domain.Approver}, {Feature: "accounting/bank", Level: domain.None},
			{Feature: "management", Level: domain.Approver},
		}},
		"ticked": {[]domain.Right{bank}, []domain.Right{
			{Feature: "accounting", Level: domain.Approver}, bank, {Feature: "management", Level: domain.Approver},
		}},
		"lowered, and one page closed": {
			[]domain.Right{{Feature: "management", Level: domain.Guest}, {Feature: "accounting/entries", Level: domain.None}},
			[]domain.Right{
				{Feature: "accounting", Level: domain.Approver}, {Feature: "accounting/bank", Level: domain.None},
				{Feature: "accounting/entries", Level: domain.None}, {Feature: "management", Level: domain.Guest},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := domain.Lower(lines(), c.named)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestRaisingIsRefused(t *testing.T) {
	t.Parallel()
	accountant := domain.LinesOf(domain.Accountant, catalogue())
	for name, right := range map[string]domain.Right{
		"outside what was asked":     {Feature: "sms", Level: domain.Guest},
		"above what was asked":       {Feature: "management", Level: domain.Editor},
		"above, on a page below":     {Feature: "management/invoices", Level: domain.Approver},
		"a name that only resembles": {Feature: "accounting-bank", Level: domain.Guest},
		"no level":                   {Feature: "management", Level: 0},
	} {
		_, err := domain.Lower(accountant, []domain.Right{right})
		require.ErrorIs(t, err, domain.RightsExceedRequest, name)
	}
}
