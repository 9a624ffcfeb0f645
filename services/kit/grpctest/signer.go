package grpctest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
)

// Issuer is the issuer of a Signer's tokens.
const Issuer = "https://id.aval.test"

// KeyID is the id of a Signer's key.
const KeyID = "test-1"

// Signer stands for identity: it signs people's tokens with a key of its own.
type Signer struct {
	Key   ed25519.PrivateKey
	Clock clock.Clock
}

// NewSigner makes a signer with a fresh key, on the system's clock.
func NewSigner(t testing.TB) *Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return &Signer{Key: key, Clock: clock.System{}}
}

// Claims gives the valid claims of a person in an organisation; the zero
// organisation for a person who has chosen none.
func (s *Signer) Claims(user, organization id.ID) authn.Claims {
	now := s.Clock.Now()
	return authn.Claims{
		Issuer:       Issuer,
		Subject:      user.Text("usr"),
		Audience:     authn.Audience,
		Expiry:       jwt.NewNumericDate(now.Add(authn.TokenLifetime)),
		NotBefore:    jwt.NewNumericDate(now),
		IssuedAt:     jwt.NewNumericDate(now),
		Organization: organization.Text("org"),
		SessionID:    id.New().Text("ses"),
		AMR:          []string{"pwd"},
		AuthTime:     jwt.NewNumericDate(now.Add(-time.Minute)),
		Locale:       "fr",
		Name:         "Camille Martin",
	}
}

// Sign signs any claims with the signer's key.
func (s *Signer) Sign(t testing.TB, claims authn.Claims) string {
	t.Helper()
	token, err := authn.Sign(s.Key, KeyID, claims)
	require.NoError(t, err)
	return token
}

// Person gives a valid token of a person in an organisation.
func (s *Signer) Person(t testing.TB, user, organization id.ID) string {
	t.Helper()
	return s.Sign(t, s.Claims(user, organization))
}

// Keys implements authn.KeySource.
func (s *Signer) Keys(context.Context) (jose.JSONWebKeySet, error) {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{authn.PublicKey(s.Key, KeyID)}}, nil
}

// Verifier accepts this signer's tokens.
func (s *Signer) Verifier(t testing.TB) *authn.Verifier {
	t.Helper()
	verifier, err := authn.NewVerifier(authn.VerifierOptions{Keys: s, Issuer: Issuer, Clock: s.Clock})
	require.NoError(t, err)
	return verifier
}
