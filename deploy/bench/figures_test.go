package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachFigureStandsBesideTheEarlierOne(t *testing.T) {
	t.Parallel()
	earlier := readFigures("# 2026-01-31\nBENCH check_rps=5000 checks/s\nBENCH ready_s=0.5 s\n")
	require.Equal(t, "2026-01-31: 5000 checks/s, now +10 %", comparison(earlier, "check_rps", 5500))
	require.Equal(t, "2026-01-31: 0.5 s, now -50 %", comparison(earlier, "ready_s", 0.25))
	require.Equal(t, "no earlier figure", comparison(earlier, "new_s", 1))
}

// What is printed can be kept, and the lines that machines read stay alone.
func TestWhatIsPrintedCanBeKept(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	figure(&said, "new_s", 0.12345, "s")
	figure(&said, "new_rps", 12345.6, "calls/s")
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	require.Len(t, lines, 4)
	require.Equal(t, "BENCH new_s=0.123 s", lines[0])
	require.Equal(t, "BENCH new_rps=12346 calls/s", lines[2])
	read := readFigures(said.String())
	require.Equal(t, map[string]float64{"new_s": 0.123, "new_rps": 12346}, read.value)
}

func TestTheKeptFiguresAreWhole(t *testing.T) {
	t.Parallel()
	earlier := readFigures(kept)
	require.NotEmpty(t, earlier.date)
	for _, name := range []string{
		"ready_s", "ready_again_s", "check_rps", "null_rpc_rps", "check_vs_null_rpc", "journey_per_s", "rss_mib",
	} {
		require.Positive(t, earlier.value[name], name)
		require.NotEmpty(t, earlier.unit[name], name)
	}
}
