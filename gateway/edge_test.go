package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func TestProblemSpeaksTheCallersLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := map[string]string{"": "fr", "fr-CA": "fr", "en": "en", "de, en;q=0.8": "en", "de": "fr"}
	for header, locale := range cases {
		answer := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: `{"email":"a@b.fr","password":"wrong"}`,
			header: http.Header{"Accept-Language": {header}, "X-Request-Id": {"r-7"}}})

		require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
		require.Equal(t, locale, answer.Header.Get("Content-Language"))
		body := answer.json(t)
		require.Equal(t, "https://gateway.test/docs/errors#CREDENTIALS_REFUSED", body["type"])
		require.Equal(t, fault.Text(reasonv1.Reason_REASON_CREDENTIALS_REFUSED, locale), body["detail"], header)
		require.NotEmpty(t, body["title"])
		require.InDelta(t, 401, body["status"], 0)
		require.Equal(t, "UNAUTHENTICATED", body["code"])
		require.Equal(t, "CREDENTIALS_REFUSED", body["reason"])
		require.Equal(t, "r-7", body["requestId"])
	}
}

func TestProblemNamesFieldsInJSON(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := map[string]struct{ body, field, rule string }{
		"a service's rule":   {`{"email":"a@b.fr","password":""}`, "password", "string.min_len"},
		"a proto name":       {`{"token":"x","answer":{"duration":"DURATION_CHOICE_1_WEEK","textHash":"a","textLocale":"fr"}}`, "answer.textHash", "string.len"},
		"a value's type":     {`{"email":5,"password":"x"}`, "email", "json"},
		"broken JSON":        {`{"email":`, "body", "json"},
		"more than one JSON": {`{}{}`, "body", "json"},
		"an array":           {`[]`, "body", "json"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := "/v1/auth:signIn"
			if strings.Contains(c.body, "answer") {
				path = "/v1/consents:approve"
			}
			answer := b.send(t, request{method: http.MethodPost, path: path, body: c.body})
			require.Equal(t, http.StatusBadRequest, answer.StatusCode, string(answer.content))
			body := answer.json(t)
			require.Equal(t, "INVALID_ARGUMENT", body["reason"])
			first := body["errors"].([]any)[0].(map[string]any)
			require.Equal(t, c.field, first["field"])
			require.Equal(t, c.rule, first["rule"])
			require.NotEmpty(t, first["message"])
		})
	}
}

func TestUnreachableServiceIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.send(t, request{method: http.MethodGet, path: "/v1/partners/" + id.New().Text("org") + "/conflicts", cookie: b.identity.live.String()})
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode, string(answer.content))
	require.Equal(t, "UNAVAILABLE", answer.json(t)["reason"])
	require.Equal(t, "1", answer.Header.Get("Retry-After"))
}

// E2: the host of a link is never the request's.
func TestUnknownHostIsMisdirected(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, host := range []string{"evil.test", "gateway.test.evil.test", "gateway.test:81", b.url} {
		answer := b.send(t, request{method: http.MethodGet, path: "/v1/me", host: host})
		require.Equal(t, http.StatusMisdirectedRequest, answer.StatusCode, host)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
	}
	require.Equal(t, http.StatusNoContent, b.send(t, request{method: http.MethodGet, path: "/healthz", host: b.url}).StatusCode)
}

// E5
func TestSizesAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)

	body := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: `{"email":"` + strings.Repeat("a", 256<<10) + `"}`})
	within := b.send(t, request{method: http.MethodPost, path: "/v1/auth:signIn", body: `{"email":"` + strings.Repeat("a", 255<<10) + `"}`})
	headers := b.send(t, request{method: http.MethodGet, path: "/healthz", header: http.Header{"X-Long": {strings.Repeat("a", 17<<10)}}})

	require.Equal(t, http.StatusRequestEntityTooLarge, body.StatusCode)
	require.Equal(t, "body", body.json(t)["errors"].([]any)[0].(map[string]any)["field"])
	require.Equal(t, http.StatusBadRequest, within.StatusCode)
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, headers.StatusCode)
}

// C5
func TestBrowserIsProtected(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/v1/me", "/docs/errors", "/.well-known/jwks.json", "/nothing"} {
		header := b.send(t, request{method: http.MethodGet, path: path}).Header
		require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.NotContains(t, header.Get("Content-Security-Policy"), "unsafe", path)
		require.Equal(t, "DENY", header.Get("X-Frame-Options"), path)
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
		require.Equal(t, "same-origin", header.Get("Cross-Origin-Opener-Policy"), path)
		require.NotEmpty(t, header.Get("Strict-Transport-Security"), path)
		require.NotEmpty(t, header.Get("X-Request-Id"), path)
	}
	require.Equal(t, "no-store", b.send(t, request{method: http.MethodGet, path: "/v1/me"}).Header.Get("Cache-Control"))
}

// A person gets a page where a program gets a problem.
func TestPagesAnswerEverythingElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for path, status := range map[string]int{"/sign-in": http.StatusOK, "/nothing": http.StatusNotFound} {
		answer := b.send(t, request{method: http.MethodGet, path: path})
		require.Equal(t, status, answer.StatusCode, path)
		require.Equal(t, "text/html; charset=utf-8", answer.Header.Get("Content-Type"), path)
	}
	for _, path := range []string{"/v1", "/v1/nothing", "/oauth2/nothing", "/.well-known/nothing", "/docs/nothing"} {
		answer := b.send(t, request{method: http.MethodGet, path: path})
		require.Equal(t, http.StatusNotFound, answer.StatusCode, path)
	}
}

func TestErrorPageExplainsEveryReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, locale := range []string{"fr", "en"} {
		answer := b.send(t, request{method: http.MethodGet, path: "/docs/errors", header: http.Header{"Accept-Language": {locale}}})
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, locale, answer.Header.Get("Content-Language"))
		for number := range reasonv1.Reason_name {
			if number > 0 {
				require.Contains(t, string(answer.content), `<tr id="`+fault.Name(reasonv1.Reason(number))+`">`)
			}
		}
	}
	require.Contains(t, string(b.send(t, request{method: http.MethodGet, path: "/llms.txt"}).content), "https://gateway.test/v1")
}
