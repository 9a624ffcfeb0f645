package receipt

import (
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/aval-access/aval/services/kit/jwtkey"
)

// Type is the media type in the header of the signature.
const Type = "consent-receipt+json"

// Signer signs records with the newest key of its ring; receipts of older keys
// stay verifiable as long as the key lies in the folder.
type Signer struct{ ring *jwtkey.Ring }

// NewSigner makes the signer.
func NewSigner(ring *jwtkey.Ring) Signer { return Signer{ring: ring} }

// Keys are the public halves, the newest first.
func (s Signer) Keys() jose.JSONWebKeySet { return s.ring.Public() }

// Signed is a record as it was signed.
type Signed struct{ JWS, JSON string }

// Sign writes and signs a record. EdDSA has no randomness of its own: the same
// record and key give the same signature.
func (s Signer) Sign(r Record) (Signed, error) {
	payload, err := json.Marshal(r)
	if err != nil {
		return Signed{}, fmt.Errorf("writing a receipt: %w", err)
	}
	key := s.ring.Signing()
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.ID},
	}, (&jose.SignerOptions{}).WithType(Type))
	if err != nil {
		return Signed{}, fmt.Errorf("preparing to sign a receipt: %w", err)
	}
	signature, err := signer.Sign(payload)
	if err != nil {
		return Signed{}, fmt.Errorf("signing a receipt: %w", err)
	}
	compact, err := signature.CompactSerialize()
	return Signed{JWS: compact, JSON: string(payload)}, err
}
