package authn_test

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
)

type bundle struct {
	signer   *grpctest.Signer
	clock    *clock.Manual
	verifier *authn.Verifier
	user     id.ID
	org      id.ID
}

func setup(t *testing.T) bundle {
	t.Helper()
	now := clock.NewManual(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	signer := grpctest.NewSigner(t)
	signer.Clock = now
	return bundle{signer: signer, clock: now, verifier: signer.Verifier(t), user: id.New(), org: id.New()}
}

func TestVerifyAcceptsAPersonsToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	claims := b.signer.Claims(b.user, b.org)

	for range 2 { // the second time from memory
		person, err := b.verifier.Verify(t.Context(), b.signer.Sign(t, claims))

		require.NoError(t, err)
		require.Equal(t, b.user, person.UserID)
		require.Equal(t, b.org, person.OrganizationID)
		require.Equal(t, claims.SessionID, person.SessionID.Text("ses"))
		require.Equal(t, []string{"pwd"}, person.AMR)
		require.Equal(t, b.clock.Now().Add(-time.Minute), person.AuthTime)
		require.Nil(t, person.Act)
	}
}

// F1, T-20: only the exact claims pass.
func TestVerifyRefusesClaims(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(b.clock.Now().Add(d)) }
	cases := map[string]func(*authn.Claims){
		"of another issuer":           func(c *authn.Claims) { c.Issuer = "https://evil.test" },
		"of no issuer":                func(c *authn.Claims) { c.Issuer = "" },
		"for a product's audience":    func(c *authn.Claims) { c.Audience = "https://invoices.example.com" },
		"for no audience":             func(c *authn.Claims) { c.Audience = "" },
		"expired this very second":    func(c *authn.Claims) { c.Expiry, c.IssuedAt = at(0), at(-time.Minute) },
		"that never expires":          func(c *authn.Claims) { c.Expiry = nil },
		"that lives over 5 minutes":   func(c *authn.Claims) { c.Expiry = at(5*time.Minute + time.Second) },
		"not valid for 6 seconds":     func(c *authn.Claims) { c.NotBefore = at(6 * time.Second) },
		"without nbf":                 func(c *authn.Claims) { c.NotBefore = nil },
		"issued in the future":        func(c *authn.Claims) { c.IssuedAt = at(6 * time.Second) },
		"without iat":                 func(c *authn.Claims) { c.IssuedAt = nil },
		"whose subject is no user":    func(c *authn.Claims) { c.Subject = b.org.Text("org") },
		"whose subject is malformed":  func(c *authn.Claims) { c.Subject = "usr_1" },
		"whose organisation is wrong": func(c *authn.Claims) { c.Organization = b.user.Text("usr") },
		"without a session":           func(c *authn.Claims) { c.SessionID = "" },
		"with act and a user subject": func(c *authn.Claims) { c.Act = &authn.ActClaim{Subject: b.user.Text("usr")} },
	}
	for name, change := range cases {
		t.Run("a token "+name, func(t *testing.T) {
			t.Parallel()
			claims := b.signer.Claims(b.user, b.org)
			change(&claims)

			_, err := b.verifier.Verify(t.Context(), b.signer.Sign(t, claims))

			requireUnauthenticated(t, err)
		})
	}
}

func TestVerifyAllowsFiveSecondsOfClockDifference(t *testing.T) {
	t.Parallel()
	b := setup(t)
	claims := b.signer.Claims(b.user, b.org)
	claims.NotBefore = jwt.NewNumericDate(b.clock.Now().Add(5 * time.Second))

	_, err := b.verifier.Verify(t.Context(), b.signer.Sign(t, claims))

	require.NoError(t, err)
}

// F1: the header is alg, typ and kid, exactly.
func TestVerifyRefusesHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := map[string]string{
		"alg none":             `{"alg":"none","typ":"at+jwt","kid":"test-1"}`,
		"alg in lower case":    `{"alg":"eddsa","typ":"at+jwt","kid":"test-1"}`,
		"alg HS256":            `{"alg":"HS256","typ":"at+jwt","kid":"test-1"}`,
		"alg ES256":            `{"alg":"ES256","typ":"at+jwt","kid":"test-1"}`,
		"typ JWT":              `{"alg":"EdDSA","typ":"JWT","kid":"test-1"}`,
		"no typ":               `{"alg":"EdDSA","kid":"test-1"}`,
		"no kid":               `{"alg":"EdDSA","typ":"at+jwt"}`,
		"an unknown kid":       `{"alg":"EdDSA","typ":"at+jwt","kid":"../../etc/passwd"}`,
		"a kid that is SQL":    `{"alg":"EdDSA","typ":"at+jwt","kid":"' OR 1=1 --"}`,
		"a kid twice":          `{"alg":"EdDSA","typ":"at+jwt","kid":"x","kid":"test-1"}`,
		"jku":                  `{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","jku":"https://evil.test"}`,
		"x5u":                  `{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","x5u":"https://evil.test"}`,
		"jwk":                  `{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","jwk":{"kty":"OKP"}}`,
		"crit":                 `{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","crit":["exp"]}`,
		"something unheard":    `{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","cty":"JWT"}`,
		"no JSON":              `EdDSA`,
		"JSON of a wrong type": `["EdDSA"]`,
	}
	for name, header := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireUnauthenticated(t, verifyErr(t, b, signRaw(t, b, header, nil)))
		})
	}

	t.Run("the accepted header passes", func(t *testing.T) {
		t.Parallel()
		good := signRaw(t, b, `{"alg":"EdDSA","typ":"at+jwt","kid":"test-1"}`, nil)
		require.NoError(t, verifyErr(t, b, good))
	})
}

func TestVerifyRefusesForms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := b.signer.Person(t, b.user, b.org)
	parts := strings.Split(good, ".")
	stranger := grpctest.NewSigner(t)
	stranger.Clock = b.clock
	hmacSigned := signRaw(t, b, `{"alg":"HS256","typ":"at+jwt","kid":"test-1"}`, func(input []byte) []byte {
		mac := hmac.New(sha256.New, b.signer.Key.Public().(ed25519.PublicKey))
		mac.Write(input)
		return mac.Sum(nil)
	})
	cases := map[string]string{
		"empty":                              "",
		"without a signature":                parts[0] + "." + parts[1] + ".",
		"unsigned":                           parts[0] + "." + parts[1],
		"with a part too many":               good + ".x",
		"signed by another key":              stranger.Person(t, b.user, b.org),
		"keyed with the public key":          hmacSigned,
		"with another payload":               parts[0] + "." + strings.Split(b.signer.Person(t, id.New(), b.org), ".")[1] + "." + parts[2],
		"nested":                             b.signer.Sign(t, authn.Claims{Subject: good}),
		"of 10 MB":                           good + strings.Repeat("A", 10<<20),
		"padded":                             parts[0] + "=." + parts[1] + "." + parts[2],
		"as JSON":                            `{"payload":"x","signature":"y"}`,
		"with claims that name exp twice":    signPayload(t, b, `{"exp":1,"exp":9999999999}`),
		"with claims that are not an object": signPayload(t, b, `"usr"`),
	}
	for name, token := range cases {
		t.Run("a token "+name, func(t *testing.T) {
			t.Parallel()
			requireUnauthenticated(t, verifyErr(t, b, token))
		})
	}
}

func TestVerifyForgetsWithTime(t *testing.T) {
	t.Parallel()

	t.Run("a token that was accepted is refused once it has expired", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		token := b.signer.Person(t, b.user, b.org)
		require.NoError(t, verifyErr(t, b, token))

		b.clock.Advance(authn.TokenLifetime)

		requireUnauthenticated(t, verifyErr(t, b, token))
	})

	t.Run("a withdrawn key stops working within a minute, for seen tokens too", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		keys := &countedKeys{signer: b.signer}
		verifier := keys.verifier(t, b)
		token := b.signer.Person(t, b.user, b.org)
		_, err := verifier.Verify(t.Context(), token)
		require.NoError(t, err)

		keys.withdrawn.Store(true)
		b.clock.Advance(time.Minute)

		_, err = verifier.Verify(t.Context(), token)
		requireUnauthenticated(t, err)
	})
}

func TestKeysAreFetchedSparingly(t *testing.T) {
	t.Parallel()

	t.Run("once a minute, whatever the number of tokens", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		keys := &countedKeys{signer: b.signer}
		verifier := keys.verifier(t, b)

		for range 20 {
			_, err := verifier.Verify(t.Context(), b.signer.Person(t, id.New(), b.org))
			require.NoError(t, err)
		}

		require.EqualValues(t, 1, keys.fetches.Load())
	})

	t.Run("an unknown key id is asked for once in 10 seconds", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		keys := &countedKeys{signer: b.signer}
		verifier := keys.verifier(t, b)
		unknown, err := authn.Sign(b.signer.Key, "next", b.signer.Claims(b.user, b.org))
		require.NoError(t, err)

		for range 5 {
			_, err = verifier.Verify(t.Context(), unknown)
			requireUnauthenticated(t, err)
		}
		require.EqualValues(t, 1, keys.fetches.Load())
		b.clock.Advance(10 * time.Second)
		_, err = verifier.Verify(t.Context(), unknown)

		requireUnauthenticated(t, err)
		require.EqualValues(t, 2, keys.fetches.Load())
	})

	t.Run("keys that cannot be fetched are UNAVAILABLE and not a refusal", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		keys := &countedKeys{signer: b.signer}
		keys.down.Store(true)

		_, err := keys.verifier(t, b).Verify(t.Context(), b.signer.Person(t, b.user, b.org))

		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE), err)
	})

	t.Run("a key id that stands twice is not used", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		entry := authn.PublicKey(b.signer.Key, grpctest.KeyID)
		source := authn.KeySourceFunc(func(context.Context) (jose.JSONWebKeySet, error) {
			return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{entry, entry}}, nil
		})
		verifier, err := authn.NewVerifier(authn.VerifierOptions{Keys: source, Issuer: grpctest.Issuer, Clock: b.clock})
		require.NoError(t, err)

		_, err = verifier.Verify(t.Context(), b.signer.Person(t, b.user, b.org))

		requireUnauthenticated(t, err)
	})
}

func TestVerifierNeedsAnIssuer(t *testing.T) {
	t.Parallel()
	_, err := authn.NewVerifier(authn.VerifierOptions{Keys: grpctest.NewSigner(t)})
	require.Error(t, err)
}

// countedKeys is a key source that counts, and can be down or have lost its key.
type countedKeys struct {
	signer          *grpctest.Signer
	fetches         atomic.Int64
	down, withdrawn atomic.Bool
}

func (k *countedKeys) Keys(ctx context.Context) (jose.JSONWebKeySet, error) {
	k.fetches.Add(1)
	if k.down.Load() {
		return jose.JSONWebKeySet{}, errors.New("no route")
	}
	if k.withdrawn.Load() {
		return jose.JSONWebKeySet{}, nil
	}
	return k.signer.Keys(ctx)
}

func (k *countedKeys) verifier(t *testing.T, b bundle) *authn.Verifier {
	t.Helper()
	v, err := authn.NewVerifier(authn.VerifierOptions{Keys: k, Issuer: grpctest.Issuer, Clock: b.clock})
	require.NoError(t, err)
	return v
}

func verifyErr(t *testing.T, b bundle, token string) error {
	t.Helper()
	_, err := b.verifier.Verify(t.Context(), token)
	return err
}

func requireUnauthenticated(t *testing.T, err error) {
	t.Helper()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), "got %v", err)
}

// signRaw signs valid claims under any header; a nil sign means the true key.
func signRaw(t *testing.T, b bundle, header string, sign func([]byte) []byte) string {
	t.Helper()
	payload, err := json.Marshal(b.signer.Claims(b.user, b.org))
	require.NoError(t, err)
	if sign == nil {
		sign = func(input []byte) []byte { return signEd25519(t, b, input) }
	}
	return compact(header, string(payload), sign)
}

func signPayload(t *testing.T, b bundle, payload string) string {
	t.Helper()
	return compact(`{"alg":"EdDSA","typ":"at+jwt","kid":"test-1"}`, payload, func(input []byte) []byte {
		return signEd25519(t, b, input)
	})
}

func signEd25519(t *testing.T, b bundle, input []byte) []byte {
	t.Helper()
	signature, err := b.signer.Key.Sign(rand.Reader, input, &ed25519.Options{})
	require.NoError(t, err)
	return signature
}

func compact(header, payload string, sign func([]byte) []byte) string {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(header)) + "." + encode([]byte(payload))
	return input + "." + encode(sign([]byte(input)))
}
