package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

func TestEveryChoiceHasItsEnd(t *testing.T) { // R4, R40
	t.Parallel()
	now := start() // 31 January 2026
	for choice, want := range map[domain.Choice]time.Time{
		domain.Hours24:      now.Add(24 * time.Hour),
		domain.OneWeek:      now.Add(7 * 24 * time.Hour),
		domain.OneMonth:     time.Date(2026, time.February, 28, 14, 32, 0, 0, time.UTC),
		domain.OneYear:      time.Date(2027, time.January, 31, 14, 32, 0, 0, time.UTC),
		domain.UntilStopped: {},
	} {
		end, err := domain.Duration{Choice: choice}.End(now)
		require.NoError(t, err, choice)
		require.Equal(t, want, end, choice)
	}
	leap := time.Date(2028, time.February, 29, 0, 0, 0, 0, time.UTC)
	end, err := domain.Duration{Choice: domain.OneYear}.End(leap)
	require.NoError(t, err)
	require.Equal(t, time.Date(2029, time.February, 28, 0, 0, 0, 0, time.UTC), end)
}

func TestDateIsOneHourToTwoYearsAhead(t *testing.T) {
	t.Parallel()
	now := start()
	last := now.AddDate(2, 0, 0)
	for date, want := range map[time.Time]error{
		now.Add(time.Hour):               nil,
		last:                             nil,
		now.Add(time.Hour - time.Second): domain.DurationOutOfRange,
		last.Add(time.Second):            domain.DurationOutOfRange,
		now.Add(-time.Hour):              domain.DurationOutOfRange,
		{}:                               domain.DurationRequired,
	} {
		_, err := domain.Duration{Choice: domain.UntilDate, Date: date}.End(now)
		require.ErrorIs(t, err, want, date)
	}
}

func TestUnspecifiedChoiceIsRefused(t *testing.T) {
	t.Parallel()
	for _, choice := range []domain.Choice{"", "FOREVER"} {
		_, err := domain.Duration{Choice: choice}.End(start())
		require.ErrorIs(t, err, domain.DurationRequired)
	}
}

func TestProposal(t *testing.T) {
	t.Parallel()
	week, err := domain.ProposalOf(0)
	require.NoError(t, err)
	require.Equal(t, 7*24*time.Hour, week)
	lasting, err := domain.ProposalOf(domain.Lasting)
	require.NoError(t, err, "R4")
	require.EqualValues(t, domain.Lasting, lasting)
	for _, bad := range []time.Duration{-1, time.Minute, 3 * 366 * 24 * time.Hour} {
		_, err := domain.ProposalOf(bad)
		require.ErrorIs(t, err, domain.DurationOutOfRange)
	}
}
