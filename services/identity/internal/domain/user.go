// Package domain holds what a person, a session and a password are, and the
// rules that they follow. Storing, hashing and signing are others' work.
package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// User is a person, with exactly one address (R88).
type User struct {
	ID id.ID
	// Email is the stored address, as mail is sent to.
	Email string
	// Locale is "fr" or "en".
	Locale     string
	CreateTime time.Time
}

// DefaultLocale is French: French first, English complete.
const DefaultLocale = "fr"

// Locale gives the first of the wishes that is a language Aval speaks, else
// the default.
func Locale(wishes ...string) string {
	for _, wish := range wishes {
		if wish == "fr" || wish == "en" {
			return wish
		}
	}
	return DefaultLocale
}
