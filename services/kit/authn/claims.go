package authn

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	// Audience is the audience of tokens that Aval itself accepts.
	Audience = "aval"
	// tokenType is the `typ` header of every access token (RFC 9068).
	tokenType = "at+jwt"
	// TokenLifetime is the longest life of an access token.
	TokenLifetime = 5 * time.Minute
)

// Claims are the claims of an access token. A person's token has Subject
// "usr_…", Organization "org_…" or empty, and SessionID "ses_…". A support
// token has Subject "org_…" (the client account), Act, ClientID, SessionID
// "sup_…", Grant, Consent and Purpose, and the product's audience. With
// FactorDue the person has a second factor and has not proven it.
type Claims struct {
	Issuer       string           `json:"iss"`
	Subject      string           `json:"sub"`
	Audience     string           `json:"aud"`
	Expiry       *jwt.NumericDate `json:"exp"`
	NotBefore    *jwt.NumericDate `json:"nbf"`
	IssuedAt     *jwt.NumericDate `json:"iat"`
	ID           string           `json:"jti,omitempty"`
	Organization string           `json:"org,omitempty"`
	SessionID    string           `json:"sid"`
	AMR          []string         `json:"amr,omitempty"`
	FactorDue    bool             `json:"factor_due,omitempty"`
	AuthTime     *jwt.NumericDate `json:"auth_time,omitempty"`
	Locale       string           `json:"locale,omitempty"`
	Name         string           `json:"name,omitempty"`
	Act          *ActClaim        `json:"act,omitempty"`
	ClientID     string           `json:"client_id,omitempty"`
	Grant        string           `json:"grant,omitempty"`
	Consent      string           `json:"consent,omitempty"`
	Purpose      string           `json:"purpose,omitempty"`
}

// ActClaim names who acts (RFC 8693 §4.1), to a depth of one.
type ActClaim struct {
	Subject      string `json:"sub"`
	Organization string `json:"org"`
}

// Sign makes the token in the one form that Verifier accepts: EdDSA, typ
// "at+jwt", and the key's id.
func Sign(key ed25519.PrivateKey, keyID string, claims Claims) (string, error) {
	options := (&jose.SignerOptions{}).WithType(tokenType)
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.EdDSA,
		Key:       jose.JSONWebKey{Key: key, KeyID: keyID},
	}, options)
	if err != nil {
		return "", fmt.Errorf("preparing to sign with key %s: %w", keyID, err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing a token with key %s: %w", keyID, err)
	}
	return token, nil
}

// PublicKey is the entry of a key set under which a signing key is published.
func PublicKey(key ed25519.PrivateKey, keyID string) jose.JSONWebKey {
	return jose.JSONWebKey{
		Key:       key.Public(),
		KeyID:     keyID,
		Algorithm: string(jose.EdDSA),
		Use:       "sig",
	}
}
