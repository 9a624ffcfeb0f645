package gateway_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/grpctest"
)

const (
	exchange    = "urn:ietf:params:oauth:grant-type:token-exchange"
	sessionType = "urn:aval:params:oauth:token-type:support-session"
	session     = "sup_01h455vb4pex5vsknk084sn02q"
)

func form(pairs ...string) request {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return request{
		method: http.MethodPost, path: "/oauth2/token", body: values.Encode(), host: "tokens.gateway.test",
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
}

func TestProductRedeemsACode(t *testing.T) {
	t.Parallel()
	b := setup(t)

	answer := send(t, b.product(t, b.pki), "https://"+b.mtlsURL, form("grant_type", "authorization_code", "code", "good"))

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	body := answer.json(t)
	require.Equal(t, "header.claims.signature", body["access_token"])
	require.Equal(t, "Bearer", body["token_type"])
	require.Equal(t, "urn:ietf:params:oauth:token-type:access_token", body["issued_token_type"])
	require.InDelta(t, 300, body["expires_in"], 5)
	require.NotEmpty(t, body["support_session_id"])
	require.Equal(t, "Moulin SARL", body["account_name"])
	got := next(t, b.identity.arrived).request.(*identityv1.RedeemSupportCodeRequest)
	require.Equal(t, grpctest.ID("demo-product"), got.GetClientSpiffeId(), "the product is who its certificate says")
}

func TestProductRenewsItsToken(t *testing.T) {
	t.Parallel()
	b := setup(t)

	answer := send(t, b.product(t, b.pki), "https://"+b.mtlsURL,
		form("grant_type", exchange, "subject_token", session, "subject_token_type", sessionType))

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	got := next(t, b.identity.arrived).request.(*identityv1.RenewSupportTokenRequest)
	require.Equal(t, session, got.GetSupportSessionId())
	require.Equal(t, grpctest.ID("demo-product"), got.GetClientSpiffeId())
}

func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	product := b.product(t, b.pki)
	json := form("grant_type", "authorization_code", "code", "good")
	json.header = http.Header{"Content-Type": {"application/json"}}
	query := form()
	query.path += "?grant_type=authorization_code&code=good"
	cases := map[string]struct {
		in    request
		error string
	}{
		"a bad code":            {form("grant_type", "authorization_code", "code", "bad"), "invalid_grant"},
		"no code":               {form("grant_type", "authorization_code"), "invalid_request"},
		"another grant":         {form("grant_type", "password"), "unsupported_grant_type"},
		"no grant":              {form("code", "good"), "invalid_request"},
		"a parameter twice":     {form("grant_type", "authorization_code", "code", "good", "code", "bad"), "invalid_request"},
		"another subject type":  {form("grant_type", exchange, "subject_token", session, "subject_token_type", "urn:ietf:params:oauth:token-type:jwt"), "invalid_request"},
		"an actor":              {form("grant_type", exchange, "subject_token", session, "subject_token_type", sessionType, "actor_token", "x"), "invalid_request"},
		"a malformed session":   {form("grant_type", exchange, "subject_token", "sup_1", "subject_token_type", sessionType), "invalid_request"},
		"another content type":  {json, "invalid_request"},
		"parameters in the URL": {query, "invalid_request"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := send(t, product, "https://"+b.mtlsURL, c.in)
			require.Equal(t, http.StatusBadRequest, answer.StatusCode, string(answer.content))
			body := answer.json(t)
			require.Equal(t, c.error, body["error"])
			require.Contains(t, body["error_uri"], "https://gateway.test/docs/errors#")
		})
	}
}

func TestTokenEndpointNeedsACertificate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := form("grant_type", "authorization_code", "code", "good")

	plain := b.send(t, in)
	require.Equal(t, http.StatusUnauthorized, plain.StatusCode)
	require.Equal(t, "invalid_client", plain.json(t)["error"])

	for name, client := range map[string]*http.Client{
		"of nobody":          b.product(t, grpctest.NewPKI(t)),
		"of another domain":  b.foreign(t),
		"that was not shown": b.bare(t),
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+b.mtlsURL+in.path, nil)
		require.NoError(t, err)
		answer, err := client.Do(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		require.Error(t, err, "a certificate "+name)
	}
	require.Empty(t, b.identity.arrived)
}

func TestOAuthMetadata(t *testing.T) {
	t.Parallel()
	b := setup(t)

	keys := b.send(t, request{method: http.MethodGet, path: "/.well-known/jwks.json"})
	about := b.send(t, request{method: http.MethodGet, path: "/.well-known/oauth-authorization-server"}).json(t)

	require.JSONEq(t, `{"keys":[]}`, string(keys.content))
	require.Equal(t, "public, max-age=60", keys.Header.Get("Cache-Control"))
	require.Equal(t, "https://gateway.test", about["issuer"])
	require.Equal(t, "https://gateway.test/.well-known/jwks.json", about["jwks_uri"])
	require.Equal(t, map[string]any{"token_endpoint": "https://tokens.gateway.test/oauth2/token"}, about["mtls_endpoint_aliases"])
	require.Equal(t, []any{"tls_client_auth"}, about["token_endpoint_auth_methods_supported"])
}
