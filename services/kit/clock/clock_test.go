package clock_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
)

func TestManualMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	c := clock.NewManual(start)
	require.Equal(t, start, c.Now())
	require.Equal(t, start.Add(time.Hour), c.Advance(time.Hour))
	c.Set(start)
	require.Equal(t, start, c.Now())
}

func TestClocksTellUTC(t *testing.T) {
	t.Parallel()
	paris := time.FixedZone("Paris", 3600)
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, paris)
	for _, c := range []clock.Clock{clock.System{}, clock.Fixed(at), clock.NewManual(at)} {
		require.Equal(t, time.UTC, c.Now().Location())
	}
	require.Zero(t, clock.System{}.Now().Nanosecond()%1000)
}
