// Package contrast finds the ink that is read on a colour (WCAG 2.2). What the
// colour is for is left to others.
package contrast

import (
	"math"
	"strconv"
)

// Ink gives "#000000" or "#ffffff", whichever is read better on a colour
// "#rrggbb": its contrast is 4.5 at least, on any. White for what is no colour.
func Ink(color string) string {
	if len(color) != len("#rrggbb") || color[0] != '#' {
		return "#ffffff"
	}
	value, err := strconv.ParseUint(color[1:], 16, 32)
	// Beyond this luminance black is read better than white.
	if err != nil || luminance(value) <= 0.179 {
		return "#ffffff"
	}
	return "#000000"
}

func luminance(rgb uint64) float64 {
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}

// linear takes the last eight bits.
func linear(channel uint64) float64 {
	c := float64(channel&0xff) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
