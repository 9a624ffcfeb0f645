// Package passcode makes the six digits of a code out of its id and a key, so
// that they stand in no database and no event, and a mail that is prepared
// again holds the same ones. With the same key it makes the numbers that people
// say on the phone, and hides what is counted and compared but not kept.
package passcode

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"github.com/aval-access/aval/services/kit/id"
)

const (
	purpose = "aval/consent-code/v1"
	digits  = 1_000_000
	numbers = 100_000_000
)

// Maker makes digits. The zero Maker is for programs that make none.
type Maker struct{ key []byte }

// New derives the maker's key from one that serves several purposes.
func New(key []byte) (Maker, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, purpose, sha256.Size)
	if err != nil {
		return Maker{}, fmt.Errorf("deriving the key of codes: %w", err)
	}
	return Maker{key: derived}, nil
}

// Digits gives the six digits of a code.
func (m Maker) Digits(code id.ID) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(m.sum(code.Text("cod")))%digits)
}

// Number gives the eight digits that follow from an id.
func (m Maker) Number(of id.ID) string {
	return fmt.Sprintf("%08d", binary.BigEndian.Uint64(m.sum(of.Text("num")))%numbers)
}

// Hide gives what stands for a text where the text itself is not kept.
func (m Maker) Hide(text string) []byte { return m.sum("hidden " + text) }

func (m Maker) sum(text string) []byte {
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// Right tells whether these are the digits, in the same time for any.
func (m Maker) Right(code id.ID, typed string) bool {
	return subtle.ConstantTimeCompare([]byte(m.Digits(code)), []byte(typed)) == 1
}
