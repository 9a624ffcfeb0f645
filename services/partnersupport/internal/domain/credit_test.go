package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// R74: a month is provisional until the 5th of the next and frozen after its
// 15th, to the instant, in whatever zone the clock is.
func TestAMonthFirmsUp(t *testing.T) {
	t.Parallel()
	december, ok := domain.ReadMonth("2026-12")
	require.True(t, ok)
	for at, stage := range map[string]domain.CreditStage{
		"2026-12-01T00:00:00Z": domain.Provisional, "2027-01-05T23:59:59Z": domain.Provisional,
		"2027-01-06T00:00:00Z": domain.Stated, "2027-01-15T23:59:59Z": domain.Stated,
		"2027-01-16T00:00:00Z": domain.Frozen, "2027-01-16T01:00:00+01:00": domain.Frozen, "2027-01-16T00:59:59+01:00": domain.Stated,
	} {
		now, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		require.Equal(t, stage, december.StageAt(now), at)
	}
	require.Equal(t, "2026-10", december.Before(2).String())
	require.Equal(t, december, domain.MonthOf(december.End().Add(-time.Nanosecond)))
	require.NotEqual(t, december, domain.MonthOf(december.End()))
	_, ok = domain.ReadMonth("2026-13")
	require.False(t, ok)
}

// R74 R84: one person untagged, or listed first elsewhere, costs the credit.
func TestOneObstacleCostsTheCredit(t *testing.T) {
	t.Parallel()
	require.True(t, domain.Credit{Visits: 3}.Credited())
	require.False(t, domain.Credit{Visits: 3, Untagged: true}.Credited())
	require.False(t, domain.Credit{Visits: 3, Conflicting: true}.Credited())
}
