package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

// C6: a partner's volume is spread over the days of whoever answers, and never
// refused.
func TestOneMailADayAndFiveAWeek(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	now := time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)
	ago := func(days ...int) []time.Time {
		var out []time.Time
		for _, d := range days {
			out = append(out, now.Add(-time.Duration(d)*day))
		}
		return out
	}
	for name, c := range map[string]struct {
		left []time.Time
		want time.Time
	}{
		"the first waits for others":         {nil, now.Add(10 * time.Minute)},
		"yesterday's leaves the day free":    {ago(1), now.Add(10 * time.Minute)},
		"the second of a day waits for it":   {[]time.Time{now.Add(-time.Hour)}, now.Add(23 * time.Hour)},
		"four in a week leave room":          {ago(1, 2, 3, 4), now.Add(10 * time.Minute)},
		"the sixth in a week waits for it":   {ago(1, 2, 3, 4, 5), now.Add(2 * day)},
		"a week later nothing is in its way": {ago(1, 2, 3, 4, 7), now.Add(10 * time.Minute)},
	} {
		require.Equal(t, c.want, domain.DepartureTime(now, 10*time.Minute, c.left), name)
	}
}
