package gateway_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/token"
)

const signInBody = `{"email":"camille@example.com","password":"correct horse battery"}`

func TestCallerHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	trace := "4bf92f3577b34da6a3ce929d0e0e4736"

	answer := b.send(t, request{method: http.MethodGet, path: "/v1/me", cookie: b.identity.live.String(), header: http.Header{
		"Accept-Language":         {"en"},
		"Traceparent":             {"00-" + trace + "-00f067aa0ba902b7-01"},
		"X-Request-Id":            {"request-1"},
		"Grpc-Metadata-Secret":    {"smuggled"},
		"Grpc-Metadata-Name-Bin":  {"c211Z2dsZWQ"},
		"Grpc-Timeout":            {"1n"},
		"X-Forwarded-For":         {"203.0.113.9"},
		"X-Forwarded-Host":        {"evil.test"},
		"X_Request_Id":            {"underscore"},
		"X-Http-Method-Override":  {"DELETE"},
		"Grpcgateway-User-Agent":  {"smuggled"},
		"Connection":              {"X-Hop"},
		"X-Hop":                   {"hop"},
		"Aval-Organization":       {"org_1"},
		"X-Aval-Caller":           {"operator"},
		"Grpc-Metadata-X-Spiffe":  {"spiffe://aval.local/ns/aval/sa/operator"},
		"Grpcmetadata-Authorized": {"yes"},
	}})

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	require.Equal(t, "request-1", answer.Header.Get("X-Request-Id"))
	got := next(t, b.identity.arrived).metadata
	require.Subset(t, []string{":authority", "accept-language", "authorization", "content-type", "grpc-accept-encoding", "traceparent", "user-agent", "x-request-id"}, slices.Collect(maps.Keys(got)))
	require.Equal(t, []string{"fr"}, got.Get("accept-language"), "the person's language goes before the browser's")
	require.Equal(t, []string{"request-1"}, got.Get("x-request-id"))
	require.Len(t, got.Get("authorization"), 1)
	require.Contains(t, got.Get("traceparent")[0], trace, "one trace crosses from HTTP to gRPC")
}

func TestDuplicateSecurityHeadersAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"Authorization", "Idempotency-Key", "X-Request-Id", "If-Match"} {
		answer := b.send(t, request{method: http.MethodGet, path: "/v1/me", header: http.Header{name: {"Bearer a", "Bearer b"}}})
		require.Equal(t, http.StatusBadRequest, answer.StatusCode, name)
	}
}

func TestUnknownNamesAreRefusedByName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	account := "/v1/organizations/" + id.New().Text("org") + "/consents"
	cases := map[string]struct {
		in    request
		field string
	}{
		"field":                {request{method: http.MethodPost, path: "/v1/auth:signIn", body: `{"email":"a@b.fr","password":"x","remember":true}`}, "remember"},
		"field as it was sent": {request{method: http.MethodPost, path: "/v1/auth:signIn", body: `{"__proto__":{}}`}, "__proto__"},
		"nested field":         {request{method: http.MethodPost, path: "/v1/consents:approve", body: `{"token":"x","answer":{"rights":[{"feature":"a","colour":1}]}}`}, "answer.rights[0].colour"},
		"parameter":            {request{method: http.MethodGet, path: account + "?pageSize=2&colour=red"}, "colour"},
		"parameter of a body":  {request{method: http.MethodPost, path: "/v1/auth:signIn?email=a@b.fr", body: signInBody}, "email"},
		"path's own name":      {request{method: http.MethodGet, path: account + "?organizationId=org_1"}, "organizationId"},
		"path's name in body":  {request{method: http.MethodPost, path: "/v1/consents/cns_1:approve", body: `{"consentId":"cns_2"}`}, "consentId"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := b.send(t, c.in)
			require.Equal(t, http.StatusBadRequest, answer.StatusCode, string(answer.content))
			body := answer.json(t)
			require.Equal(t, "UNKNOWN_FIELD", body["reason"])
			require.Equal(t, c.field, body["errors"].([]any)[0].(map[string]any)["field"])
		})
	}
}

func TestKnownParametersArrive(t *testing.T) {
	t.Parallel()
	b := setup(t)
	organization := id.New()
	bearer, err := b.sign(organization)
	require.NoError(t, err)

	answer := b.send(t, request{
		method: http.MethodGet,
		path:   "/v1/organizations/" + organization.Text("org") + "/consents?pageSize=2&states=CONSENT_STATE_REQUESTED",
		header: http.Header{"Authorization": {"Bearer " + bearer}},
	})

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	require.JSONEq(t, `{"consents":[],"nextPageToken":""}`, string(answer.content))
	got := next(t, b.consent.arrived).request.(*consentv1.ListConsentsRequest)
	require.Equal(t, int32(2), got.GetPageSize())
	require.Equal(t, []consentv1.ConsentState{consentv1.ConsentState_CONSENT_STATE_REQUESTED}, got.GetStates())
}

// C2: a form on another site can send text/plain or a form, never JSON.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin1", "text/json", ""} {
		answer := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: signInBody, header: http.Header{"Content-Type": {contentType}}})
		require.Equal(t, http.StatusUnsupportedMediaType, answer.StatusCode, contentType)
		require.Equal(t, "CONTENT_TYPE_REFUSED", answer.json(t)["reason"])
		require.Empty(t, b.identity.arrived)
	}
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.test"}}} {
		answer := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: signInBody, header: header})
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
		require.Equal(t, "CROSS_ORIGIN_REFUSED", answer.json(t)["reason"])
	}
}

func TestMethodCannotBeOverridden(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for path, status := range map[string]int{"/v1/me": http.StatusMethodNotAllowed, "/v1/nothing": http.StatusNotFound} {
		answer := b.send(t, request{method: http.MethodPost, path: path, header: http.Header{
			"Content-Type":           {"application/x-www-form-urlencoded"},
			"X-Http-Method-Override": {"GET"},
		}})
		require.Equal(t, status, answer.StatusCode)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
	}
}

func TestSignInGivesTheTokenAsCookieAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)

	answer := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: signInBody})

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	require.Empty(t, answer.json(t)["sessionToken"])
	require.NotContains(t, string(answer.content), b.identity.live.String())
	cookies := answer.Cookies()
	require.Len(t, cookies, 1)
	c := cookies[0]
	require.Equal(t, b.identity.live.String(), c.Value)
	require.Equal(t, "__Host-sid", c.Name)
	require.Equal(t, "/", c.Path)
	require.Empty(t, c.Domain)
	require.True(t, c.Secure && c.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.InDelta(t, 3600, c.MaxAge, 5)
}

func TestSignOutClearsTheCookie(t *testing.T) {
	t.Parallel()
	b := setup(t)

	answer := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signOut", body: "{}", cookie: b.identity.live.String()})

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	require.Len(t, answer.Cookies(), 1)
	require.Negative(t, answer.Cookies()[0].MaxAge)
}

func TestDeadCookie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dead := token.New(token.Session).String()

	closed := b.send(t, request{method: http.MethodGet, path: "/v1/me", cookie: dead})
	none := b.send(t, request{method: http.MethodGet, path: "/v1/me"})
	open := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: signInBody, cookie: dead})

	require.Equal(t, http.StatusUnauthorized, closed.StatusCode)
	require.Equal(t, "SESSION_EXPIRED", closed.json(t)["reason"])
	require.Equal(t, "UNAUTHENTICATED", none.json(t)["reason"])
	require.NotEmpty(t, closed.Header.Get("WWW-Authenticate"))
	require.Equal(t, http.StatusOK, open.StatusCode, "a dead cookie keeps nobody from signing in")
}

func TestEvidenceIsTheEdgesOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := `{"token":"avl_con1_x","answer":{"duration":"DURATION_CHOICE_1_WEEK","textHash":"` + strings.Repeat("a", 64) + `","textLocale":"fr"},
		"evidence":{"network":"10.9.8.0/24","agent":"forged","sessionOrganizationId":"org_forged"}}`

	answer := b.send(t, request{method: http.MethodPost, path: "/v1/consents:approve", body: body, header: http.Header{
		"User-Agent":      {"Browser/1"},
		"X-Forwarded-For": {"203.0.113.9"},
		"Idempotency-Key": {"press-1"},
	}})

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	got := next(t, b.consent.arrived).request.(*consentv1.ApproveByLinkRequest)
	require.Equal(t, "127.0.0.0/24", got.GetEvidence().GetNetwork())
	require.Equal(t, "Browser/1", got.GetEvidence().GetAgent())
	require.Empty(t, got.GetEvidence().GetSessionOrganizationId())
	require.Equal(t, "press-1", got.GetRequestId(), "Idempotency-Key becomes the request_id")
}

func TestRequestIDIsMadeWhereNoneCame(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := `{"token":"avl_con1_x","answer":{"duration":"DURATION_CHOICE_1_WEEK","textHash":"` + strings.Repeat("a", 64) + `","textLocale":"fr"}}`

	answer := b.send(t, request{method: http.MethodPost, path: "/v1/consents:approve", body: body, cookie: b.identity.live.String()})

	require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
	got := next(t, b.consent.arrived).request.(*consentv1.ApproveByLinkRequest)
	require.Len(t, got.GetRequestId(), 36)
	require.True(t, strings.HasPrefix(got.GetEvidence().GetSessionOrganizationId(), "org_"), "who is signed in is evidence")
}
