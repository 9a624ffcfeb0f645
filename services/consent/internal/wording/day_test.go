package wording_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/wording"
)

// A day is Paris's: it begins at its midnight, and is 23 or 25 hours long where
// the clocks change.
func TestDaysAreThoseOfParis(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2026-11-22", wording.Day(time.Date(2026, time.November, 21, 23, 30, 0, 0, time.UTC)))
	for day, hours := range map[string]float64{"2026-11-22": 24, "2026-03-29": 23, "2026-10-25": 25} {
		start, end, err := wording.DayOf(day)
		require.NoError(t, err)
		require.Equal(t, day, wording.Day(start))
		require.InDelta(t, hours, end.Sub(start).Hours(), 0, day)
	}
	_, _, err := wording.DayOf("hier")
	require.Error(t, err)
	noon := time.Date(2026, time.November, 21, 12, 5, 0, 0, time.UTC)
	require.Equal(t, "21 novembre 2026", wording.Date("fr", noon))
	require.Equal(t, "21 November 2026", wording.Date("en", noon))
	require.Equal(t, "13:05", wording.Hour(noon))
}
