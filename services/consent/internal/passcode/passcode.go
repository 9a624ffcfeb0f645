// Package passcode makes the six digits of a code out of its id and a key, so
// that they stand in no database and no event, and a mail that is prepared
// again holds the same ones.
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
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte(code.Text("cod")))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac.Sum(nil))%digits)
}

// Right tells whether these are the digits, in the same time for any.
func (m Maker) Right(code id.ID, typed string) bool {
	return subtle.ConstantTimeCompare([]byte(m.Digits(code)), []byte(typed)) == 1
}
