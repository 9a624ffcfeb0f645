package authn

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
)

// VerifierOptions says whose tokens are accepted.
type VerifierOptions struct {
	// Keys gives the issuer's keys; they are cached for a minute.
	Keys KeySource
	// Issuer is the exact `iss`; required.
	Issuer string
	// Clock is the system's when nil.
	Clock clock.Clock
}

// Verifier checks access tokens for the audience "aval". It is safe for
// concurrent use.
type Verifier struct {
	keys   *keyCache
	issuer string
	clock  clock.Clock
	seen   *seenTokens
}

// NewVerifier refuses to work without an issuer or a source of keys.
func NewVerifier(o VerifierOptions) (*Verifier, error) {
	if o.Issuer == "" || o.Keys == nil {
		return nil, errors.New("making a token verifier: the issuer and its keys are required")
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	return &Verifier{
		keys:   &keyCache{source: o.Keys, clock: o.Clock},
		issuer: o.Issuer,
		clock:  o.Clock,
		seen:   newSeenTokens(),
	}, nil
}

// Verify gives the person of a token. A token that is not accepted gives
// REASON_UNAUTHENTICATED with the cause inside; keys that cannot be fetched
// give REASON_UNAVAILABLE.
func (v *Verifier) Verify(ctx context.Context, token string) (Person, error) {
	keyID, err := keyIDOf(token)
	if err != nil {
		return Person{}, refused(err)
	}
	key, err := v.keys.find(ctx, keyID)
	if err != nil {
		return Person{}, err
	}
	if key == nil {
		return Person{}, refused(errors.New("the issuer has no such key"))
	}
	now := v.clock.Now()
	hash := sha256.Sum256([]byte(token))
	if person, ok := v.seen.get(hash, key, now); ok {
		return person, nil
	}
	claims, err := claimsOf(token, key)
	if err != nil {
		return Person{}, refused(err)
	}
	person, err := v.accept(claims, now)
	if err != nil {
		return Person{}, refused(err)
	}
	person.Token = token
	v.seen.put(hash, seenToken{person: person, key: key, expiry: claims.Expiry.Time()}, now)
	return person, nil
}

func claimsOf(token string, key ed25519.PublicKey) (Claims, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return Claims{}, fmt.Errorf("parsing the token: %w", err)
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return Claims{}, fmt.Errorf("checking the signature: %w", err)
	}
	var claims Claims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return Claims{}, fmt.Errorf("reading the claims: %w", err)
	}
	return claims, nil
}

func (v *Verifier) accept(c Claims, now time.Time) (Person, error) {
	if c.Issuer != v.issuer || c.Audience != Audience {
		return Person{}, errors.New("the issuer or the audience is not ours")
	}
	if err := checkTimes(c, now); err != nil {
		return Person{}, err
	}
	return personOf(c)
}

func refused(cause error) error {
	return fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED, fault.Cause(cause))
}
