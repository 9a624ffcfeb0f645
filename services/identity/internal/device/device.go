// Package device makes the token by which a browser is known again, once a
// person has signed in with it: their tries are then counted apart from those
// of strangers. It opens nothing by itself.
package device

import (
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/seal"
)

// Life is how long a device stays known without a sign-in.
const Life = 180 * 24 * time.Hour

// Sealer makes and opens tokens. Safe for concurrent use.
type Sealer struct {
	aead  cipher.AEAD
	clock clock.Clock
}

// sealed is what stands in a token; the person is authenticated beside it.
type sealed struct {
	Device id.ID `json:"d"`
	Expiry int64 `json:"e"` // Unix seconds
}

// NewSealer derives the key of this purpose from one of 32 bytes or more.
func NewSealer(key []byte, c clock.Clock) (*Sealer, error) {
	aead, err := seal.Cipher(key, "aval/device/v1")
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, clock: c}, nil
}

// Make gives the token of a person's device.
func (s *Sealer) Make(user, device id.ID) (string, error) {
	plain, err := json.Marshal(sealed{Device: device, Expiry: s.clock.Now().Add(Life).Unix()})
	if err != nil {
		return "", fmt.Errorf("writing a device token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, user[:])), nil
}

// Open gives the person's device; the zero id for a token that is none, too old
// or another person's.
func (s *Sealer) Open(user id.ID, token string) id.ID {
	box, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return id.ID{}
	}
	plain, err := s.aead.Open(nil, nil, box, user[:])
	if err != nil {
		return id.ID{}
	}
	var in sealed
	if json.Unmarshal(plain, &in) != nil || !s.clock.Now().Before(time.Unix(in.Expiry, 0)) {
		return id.ID{}
	}
	return in.Device
}
