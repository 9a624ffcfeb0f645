package issuer_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

const name = "https://id.aval.test"

type bundle struct {
	issuer *issuer.Issuer
	dir    string
	now    time.Time
}

func setup(t *testing.T) bundle {
	t.Helper()
	b := bundle{dir: t.TempDir(), now: time.Date(2026, 11, 21, 8, 0, 0, 700_000_000, time.UTC)}
	_, err := jwtkey.Generate(b.dir)
	require.NoError(t, err)
	b.issuer, err = issuer.New(name, b.dir)
	require.NoError(t, err)
	return b
}

func (b bundle) verifier(t *testing.T, now time.Time) *authn.Verifier {
	t.Helper()
	v, err := authn.NewVerifier(authn.VerifierOptions{Keys: b.issuer, Issuer: name, Clock: clock.Fixed(now)})
	require.NoError(t, err)
	return v
}

func (b bundle) visit() domain.Visit {
	return domain.Visit{
		SessionID: id.New(), UserID: id.New(), PartnerID: id.New(), ClientID: id.New(),
		GrantID: id.New(), ConsentID: id.New(), ProductID: id.New(),
		Audience: "https://invoices.example.com", Reason: "ticket-4711",
		ExpireTime: b.now.Add(time.Hour),
	}
}

// claims reads a token with the published keys alone, as a product would.
func (b bundle) claims(t *testing.T, text string) authn.Claims {
	t.Helper()
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.EdDSA})
	require.NoError(t, err)
	require.Equal(t, "at+jwt", signed.Signatures[0].Header.ExtraHeaders["typ"])
	set, err := b.issuer.Keys(t.Context())
	require.NoError(t, err)
	keys := set.Key(signed.Signatures[0].Header.KeyID)
	require.Len(t, keys, 1)
	payload, err := signed.Verify(keys[0].Key.(ed25519.PublicKey))
	require.NoError(t, err)
	var claims authn.Claims
	require.NoError(t, json.Unmarshal(payload, &claims))
	return claims
}

// R43, R108: the token names the account and the person who acts, and stands
// for no user of the client.
func TestSupportToken(t *testing.T) {
	t.Parallel()

	t.Run("delegates: the account is the subject, the collaborator the actor", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		visit := b.visit()
		token, err := b.issuer.Support(visit, b.now)
		require.NoError(t, err)
		got := b.claims(t, token.Text)
		require.NotEmpty(t, got.ID)
		require.Equal(t, name, got.Issuer)
		require.Equal(t, visit.ClientID.Text("org"), got.Subject)
		require.Equal(t, &authn.ActClaim{Subject: visit.UserID.Text("usr"), Organization: visit.PartnerID.Text("org")}, got.Act)
		require.Equal(t, visit.Audience, got.Audience)
		require.Equal(t, "product:"+visit.ProductID.Text("prd"), got.ClientID)
		require.Equal(t, visit.SessionID.Text("sup"), got.SessionID)
		require.Equal(t, visit.GrantID.Text("grt"), got.Grant)
		require.Equal(t, visit.ConsentID.Text("cns"), got.Consent)
		require.Equal(t, "ticket-4711", got.Purpose)
		require.Empty(t, got.Organization)
		require.Equal(t, authn.TokenLifetime, got.Expiry.Time().Sub(got.IssuedAt.Time()))
		require.True(t, got.Expiry.Time().Equal(token.ExpireTime))
	})
	t.Run("never outlives its visit", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		visit := b.visit()
		visit.ExpireTime = b.now.Add(90 * time.Second)
		token, err := b.issuer.Support(visit, b.now)
		require.NoError(t, err)
		require.False(t, token.ExpireTime.After(visit.ExpireTime))
	})
	t.Run("is refused inside Aval", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		token, err := b.issuer.Support(b.visit(), b.now)
		require.NoError(t, err)
		_, err = b.verifier(t, b.now).Verify(t.Context(), token.Text)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), "%v", err)
	})
	t.Run("is never made for Aval's own audience", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for _, audience := range []string{"", authn.Audience} {
			visit := b.visit()
			visit.Audience = audience
			_, err := b.issuer.Support(visit, b.now)
			require.Error(t, err)
		}
	})
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := domain.OpenSession(domain.SignedIn{SessionID: id.New(), UserID: id.New(), Now: b.now})
	u := domain.User{ID: s.UserID, Locale: "fr"}
	before, err := b.issuer.Person(s, u, b.now)
	require.NoError(t, err)
	second, err := jwtkey.Generate(b.dir)
	require.NoError(t, err)
	require.NoError(t, b.issuer.Reload())
	after, err := b.issuer.Person(s, u, b.now)
	require.NoError(t, err)

	verifier := b.verifier(t, b.now)
	for _, token := range []issuer.Token{before, after} {
		_, err := verifier.Verify(t.Context(), token.Text)
		require.NoError(t, err, "both keys are published")
	}
	signed, err := jose.ParseSignedCompact(after.Text, []jose.SignatureAlgorithm{jose.EdDSA})
	require.NoError(t, err)
	require.Equal(t, second, signed.Signatures[0].Header.KeyID, "the newest signs")

	late := b.verifier(t, after.ExpireTime)
	_, err = late.Verify(t.Context(), after.Text)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), "not a moment longer")
}

func TestNewNeedsKeys(t *testing.T) {
	t.Parallel()
	_, err := issuer.New(name, t.TempDir())
	require.ErrorIs(t, err, jwtkey.ErrNone)
	_, err = issuer.New("", t.TempDir())
	require.Error(t, err)
}
