package session

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/seal"
)

const (
	// NonceLifetime is how long a form may stay open.
	NonceLifetime = 2 * time.Hour
	nonceIDLen    = 16
)

// Nonces seals a value into each form that only its own POST can bring back.
// It proves where the form comes from; its random id is the POST's request_id,
// so that pressing twice gives the stored answer.
type Nonces struct {
	aead  cipher.AEAD
	clock clock.Clock
}

// nonce is what is sealed; whom it is bound to is authenticated beside it.
type nonce struct {
	ID     []byte `json:"i"`
	Expiry int64  `json:"e"` // Unix seconds
}

// NewNonces derives the sealing key from a key of 32 bytes or more.
func NewNonces(key []byte, c clock.Clock) (*Nonces, error) {
	aead, err := seal.Cipher(key, "aval/form/v1")
	if err != nil {
		return nil, err
	}
	return &Nonces{aead: aead, clock: c}, nil
}

// Make seals a nonce for one form. purpose names the form; binding says to
// whom it was shown: a user's id, or the text of a link's token.
func (n *Nonces) Make(purpose, binding string) (string, error) {
	id := make([]byte, nonceIDLen)
	_, _ = rand.Read(id) // never fails: the runtime ends the process instead
	plain, err := json.Marshal(nonce{ID: id, Expiry: n.clock.Now().Add(NonceLifetime).Unix()})
	if err != nil {
		return "", fmt.Errorf("writing a form nonce: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(n.aead.Seal(nil, nil, plain, bound(purpose, binding))), nil
}

// Open gives the request_id of a form that came back. A nonce that is missing,
// too old, or of another form or person is CROSS_ORIGIN_REFUSED.
func (n *Nonces) Open(purpose, binding, sealed string) (string, error) {
	box, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return "", notOurs(err)
	}
	plain, err := n.aead.Open(nil, nil, box, bound(purpose, binding))
	if err != nil {
		return "", notOurs(err)
	}
	var in nonce
	if err := json.Unmarshal(plain, &in); err != nil {
		return "", notOurs(err)
	}
	if !n.clock.Now().Before(time.Unix(in.Expiry, 0)) {
		return "", notOurs(errors.New("the form is too old"))
	}
	return "form-" + base64.RawURLEncoding.EncodeToString(in.ID), nil
}

// bound keeps the two parts apart by hashing each: a binding may be a secret
// of any length.
func bound(purpose, binding string) []byte {
	first, second := sha256.Sum256([]byte(purpose)), sha256.Sum256([]byte(binding))
	return append(first[:], second[:]...)
}

func notOurs(cause error) error {
	return fault.New(reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED, fault.Cause(fmt.Errorf("opening a form nonce: %w", cause)))
}
