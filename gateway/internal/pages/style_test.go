package pages

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// WCAG 2.2 AA: 4.5:1 for text, 3:1 for the edges of controls and the focus.
func TestColoursHaveEnoughContrast(t *testing.T) {
	t.Parallel()
	light, dark := palettes(t)
	for name, palette := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, ground := range []string{"paper", "card"} {
			for _, ink := range []string{"ink", "soft", "green", "green-dark", "red", "red-dark", "amber"} {
				require.GreaterOrEqual(t, contrast(t, palette[ink], palette[ground]), 4.5, "%s: %s on %s", name, ink, ground)
			}
			for _, edge := range []string{"field", "focus"} {
				require.GreaterOrEqual(t, contrast(t, palette[edge], palette[ground]), 3.0, "%s: %s on %s", name, edge, ground)
			}
		}
		for ink, ground := range map[string]string{"on-green": "green", "red-dark": "red-wash", "red": "red-wash"} {
			require.GreaterOrEqual(t, contrast(t, palette[ink], palette[ground]), 4.5, "%s: %s on %s", name, ink, ground)
		}
		for _, wash := range []string{"green-wash", "amber-wash", "red-wash"} {
			require.GreaterOrEqual(t, contrast(t, palette["ink"], palette[wash]), 4.5, "%s: ink on %s", name, wash)
			require.GreaterOrEqual(t, contrast(t, palette["soft"], palette[wash]), 4.5, "%s: soft on %s", name, wash)
		}
	}
}

func palettes(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(styleFile), -1)
	require.Len(t, blocks, 2)
	read := func(block string) map[string]string {
		out := map[string]string{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(block, -1) {
			out[found[1]] = found[2]
		}
		return out
	}
	light, dark = read(blocks[0][1]), read(blocks[1][1])
	require.Len(t, dark, len(light))
	return light, dark
}

func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	a, b := luminance(t, one), luminance(t, other)
	return (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var out float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		channel, err := strconv.ParseUint(strings.TrimPrefix(colour, "#")[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		share := float64(channel) / 255
		if share <= 0.04045 {
			out += weight * share / 12.92
		} else {
			out += weight * math.Pow((share+0.055)/1.055, 2.4)
		}
	}
	return out
}
