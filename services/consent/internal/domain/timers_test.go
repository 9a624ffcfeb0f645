package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

func days(from time.Time, times []time.Time) []float64 {
	out := []float64{}
	for _, at := range times {
		out = append(out, at.Sub(from).Hours()/24)
	}
	return out
}

// R22: a request is mailed again on day 2, on day 7 and a day before its end,
// and never twice within a day.
func TestRemindersOfARequest(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for term, want := range map[time.Duration][]float64{
		14 * day: {2, 7, 13}, 8 * day: {2, 7}, 7 * day: {2, 6}, 3 * day: {2}, 2 * day: {1}, time.Hour: {}, 90 * day: {2, 7, 89},
	} {
		c, _ := domain.Ask(asked(), start(), term)
		require.Equal(t, want, days(start(), c.Record().ReminderTimes()), "%s", term)
	}
}

// R40: weeks ahead for long accesses, hours for short ones, nothing before the
// access has begun.
func TestNoticesBeforeAnEnd(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for length, want := range map[time.Duration][]float64{
		day: {23. / 24}, 7 * day: {6, 7 - 1./24}, 8 * day: {1, 7}, 31 * day: {1, 24, 30}, 365 * day: {335, 358, 364},
	} {
		r := asked()
		r.GiveTime, r.ExpireTime = start(), start().Add(length)
		require.InDeltaSlice(t, want, days(start(), r.NoticeTimes()), 1e-9, "%s", length)
	}
	require.Empty(t, asked().NoticeTimes(), "no end of its own")
}

func TestTheYearlyNoteIsForAccessesWithoutAnEnd(t *testing.T) {
	t.Parallel()
	r := asked()
	r.GiveTime, r.Choice = start(), domain.UntilStopped
	require.Equal(t, start().AddDate(1, 0, 0), r.NextYear(start()))
	require.Equal(t, start().AddDate(2, 0, 0), r.NextYear(start().AddDate(1, 0, 0)))
	r.Choice = domain.OneYear
	require.Zero(t, r.NextYear(start()))
}
