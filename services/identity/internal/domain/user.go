// Package domain holds what a person, a session and a password are, and the
// rules that they follow. Storing, hashing and signing are others' work.
package domain

import (
	"crypto/sha256"
	"encoding/hex"
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

// ETag changes with everything that can change about the person.
func (u User) ETag() string {
	sum := sha256.Sum256([]byte(u.ID.String() + "\x00" + u.Email + "\x00" + u.Locale))
	return hex.EncodeToString(sum[:8])
}
