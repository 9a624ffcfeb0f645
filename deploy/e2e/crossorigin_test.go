package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// T-19, C2: a form on another site gets nothing done, whatever it says it
// sends, and a cookie alone is not enough.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	client := setup(t, shared.rest).client(t)
	browser := client.Owner.Session.(doer)
	methods, err := allMethods()
	require.NoError(t, err)
	posts := 0
	for _, m := range methods {
		route, ok := routeIn(m)
		if !ok || route.verb != http.MethodPost {
			continue
		}
		posts++
		send := func(status int, change func(http.Header)) {
			request := edgeRoute{route.verb, route.path}.request(t, map[string]string{"{organization_id}": client.ID})
			request.Header.Del("Sec-Fetch-Site")
			change(request.Header)
			response, err := browser.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, status, response.StatusCode, "%s %v", m.name, request.Header)
		}
		for _, kind := range formTypes() {
			send(http.StatusUnsupportedMediaType, func(h http.Header) { h["Content-Type"] = kind })
		}
		for _, site := range []string{"cross-site", "same-site"} {
			send(http.StatusForbidden, func(h http.Header) { h.Set("Sec-Fetch-Site", site) })
		}
		for _, origin := range []string{"https://evil.example", "null", "http://localhost.evil.example", "https://localhost", shared.stack.DemoURL(), shared.stack.MailURL()} {
			send(http.StatusForbidden, func(h http.Header) { h.Set("Origin", origin) })
		}
	}
	require.Greater(t, posts, 15)
}

// formTypes are what a form, a script without leave or a mistake sends.
func formTypes() [][]string {
	return [][]string{
		{"text/plain"}, {"text/plain; charset=utf-8"}, {"application/x-www-form-urlencoded"}, {"multipart/form-data; boundary=x"}, nil, {""},
		{"application/json; charset=utf-16"}, {"application/json, text/plain"}, {"text/json"}, {"application/grpc"}, {"application/json; x=y"}, {"application/ json"},
	}
}

// The same holds for the pages' forms.
func TestPagesRefuseFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	browser := setup(t, shared.rest).client(t).Owner.Session.(doer)
	for _, route := range routesInSource(t) {
		if route.verb != http.MethodPost || strings.HasPrefix(route.path, "/oauth2/") {
			continue
		}
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			request := route.request(t, nil)
			request.Header.Del("Sec-Fetch-Site")
			request.Header.Set(name, value)
			response, err := browser.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, http.StatusForbidden, response.StatusCode, "%s by %s", route.path, name)
			require.Empty(t, response.Cookies(), route.path)
		}
	}
}
