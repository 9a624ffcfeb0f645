// Package page is how every list is cut into pages: the size, and an opaque
// token that is sealed and bound to who asked for which list. How a list is
// ordered and continued is its store's business.
package page

import (
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/seal"
)

// lifetime is how long a token may be used.
const lifetime = time.Hour

// cursor is where a list goes on, and for whom.
type cursor struct {
	tenant id.ID // zero where the list belongs to a person
	user   id.ID // zero for a caller that is a service
	filter []byte
	// key holds the sort key of the last row given, the unique tail last.
	key []string
}

// Sealer makes and opens page tokens. It is safe for concurrent use.
type Sealer struct {
	clock clock.Clock
	aeads []cipher.AEAD // the first seals, all open
}

// NewSealer takes the live keys, newest first, of 32 bytes or more each. The
// sealing keys are derived from them for this purpose alone.
func NewSealer(c clock.Clock, keys ...[]byte) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("no key for page tokens")
	}
	s := &Sealer{clock: c}
	for _, key := range keys {
		aead, err := seal.Cipher(key, "aval/page/v1")
		if err != nil {
			return nil, err
		}
		s.aeads = append(s.aeads, aead)
	}
	return s, nil
}

// sealed is what stands in a token; whom it is bound to is authenticated
// beside it and not written.
type sealed struct {
	Key []string `json:"k"`
	Exp int64    `json:"e"` // Unix seconds
}

// seal gives the token for the page after the cursor's key.
func (s *Sealer) seal(c cursor) (string, error) {
	plain, err := json.Marshal(sealed{Key: c.key, Exp: s.clock.Now().Add(lifetime).Unix()})
	if err != nil {
		return "", fmt.Errorf("writing a page token: %w", err)
	}
	box := s.aeads[0].Seal(nil, nil, plain, binding(c))
	return base64.RawURLEncoding.EncodeToString(box), nil
}

// open gives the key to go on from. asked names the caller and the filter of
// the present request; a token made for others is REASON_PAGE_TOKEN_INVALID,
// like one that is malformed or too old. The empty token is the first page and
// gives no key.
func (s *Sealer) open(token string, asked cursor) ([]string, error) {
	if token == "" {
		return nil, nil
	}
	box, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return nil, refused(err)
	}
	plain, err := s.unseal(box, binding(asked))
	if err != nil {
		return nil, refused(err)
	}
	var in sealed
	if err := json.Unmarshal(plain, &in); err != nil {
		return nil, refused(err)
	}
	if !s.clock.Now().Before(time.Unix(in.Exp, 0)) {
		return nil, refused(errors.New("the page token is too old"))
	}
	return in.Key, nil
}

func (s *Sealer) unseal(box, bound []byte) ([]byte, error) {
	var last error
	for _, aead := range s.aeads {
		plain, err := aead.Open(nil, nil, box, bound)
		if err == nil {
			return plain, nil
		}
		last = err
	}
	return nil, fmt.Errorf("opening a page token: %w", last)
}

// binding is the authenticated part: two ids of fixed length, then the filter.
func binding(c cursor) []byte {
	out := append([]byte("aval/page/v1\x00"), c.tenant[:]...)
	out = append(out, c.user[:]...)
	return append(out, c.filter...)
}

func refused(cause error) error {
	return fault.New(reasonv1.Reason_REASON_PAGE_TOKEN_INVALID,
		fault.Field("page_token", "page_token"), fault.Cause(cause))
}
