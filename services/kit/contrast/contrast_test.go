package contrast

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// R8: whatever colour a partner picks, the words on it can be read.
func TestWordsAreReadOnEveryColour(t *testing.T) {
	t.Parallel()
	require.Equal(t, "#ffffff", Ink("#000000"))
	require.Equal(t, "#000000", Ink("#FFFFFF"))
	require.Equal(t, "#ffffff", Ink("#0d5c52"))
	require.Equal(t, "#000000", Ink("#ffd400"))
	for _, none := range []string{"", "red", "#12345g", "#1234567", "url(x)"} {
		require.Equal(t, "#ffffff", Ink(none))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		color := fmt.Sprintf("#%06x", random.Uint32()&0xffffff)
		require.GreaterOrEqual(t, between(t, color, Ink(color)), 4.5, color)
	}
}

func between(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(color string) float64 {
		value, err := strconv.ParseUint(color[1:], 16, 32)
		require.NoError(t, err)
		return luminance(value) + 0.05
	}
	first, second := light(a), light(b)
	return max(first, second) / min(first, second)
}
