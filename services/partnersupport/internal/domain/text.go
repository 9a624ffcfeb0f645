package domain

import "unicode"

// Deceives tells whether a text could read otherwise than it is written where a
// client is shown it: it holds marks that turn the direction of writing, or
// separators that no mail may hold.
func Deceives(text string) bool {
	for _, r := range text {
		if unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return true
		}
	}
	return false
}
