package e2e

import (
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/services/kit/id"
)

// edgeRoute is a route of the gateway, whoever answers it.
type edgeRoute struct{ verb, path string }

func (r edgeRoute) api() bool {
	return strings.HasPrefix(r.path, "/v1/") || strings.HasPrefix(r.path, "/access/v1/")
}

// routesInSource finds the routes of pages and documents, so that a new one is
// looked at too.
func routesInSource(t *testing.T) []edgeRoute {
	t.Helper()
	files, err := filepath.Glob("../../gateway/internal/*/*.go")
	require.NoError(t, err)
	more, err := filepath.Glob("../../gateway/*.go")
	require.NoError(t, err)
	pattern := regexp.MustCompile(`"(GET|POST) (/[^"]*)"`)
	var out []edgeRoute
	for _, file := range append(files, more...) {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "ops.go") {
			continue
		}
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range pattern.FindAllStringSubmatch(string(content), -1) {
			if path := strings.TrimSuffix(match[2], "{$}"); !strings.Contains(path, "assets") {
				out = append(out, edgeRoute{match[1], path})
			}
		}
	}
	require.Greater(t, len(out), 40)
	return out
}

func allRoutes(t *testing.T) []edgeRoute {
	t.Helper()
	methods, err := allMethods()
	require.NoError(t, err)
	out := routesInSource(t)
	for _, m := range methods {
		if route, ok := routeIn(m); ok {
			out = append(out, edgeRoute{route.verb, route.path})
		}
	}
	return out
}

// doer sends requests: nobody, or somebody with a session.
type doer interface {
	Do(*http.Request) (*http.Response, error)
}

var anyVariable = regexp.MustCompile(`\{[a-z_]+\}`)

func (r edgeRoute) request(t *testing.T, with map[string]string) *http.Request {
	t.Helper()
	path := anyVariable.ReplaceAllStringFunc(r.path, func(match string) string {
		if value := with[match]; value != "" {
			return value
		}
		return id.New().Text("cns")
	})
	body, kind := "", "application/x-www-form-urlencoded"
	if r.api() {
		body, kind = "{}", "application/json"
	}
	var content io.Reader
	if r.verb == http.MethodPost {
		content = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(t.Context(), r.verb, shared.stack.URL()+path, content)
	require.NoError(t, err)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if content != nil {
		request.Header.Set("Content-Type", kind)
	}
	return request
}

// T-19: every route, for nobody and for people inside, answering well and
// refusing: exactly these headers and cookies.
func TestEveryRouteHasExactlyItsHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	client, partner := b.client(t), b.partner(t)
	ids := map[string]string{"{organization_id}": client.ID, "{partner_id}": partner.ID}
	visitors := map[string]doer{
		"nobody": driver.HTTPClient(nil), "a client": client.Owner.Session.(doer), "a partner": partner.Owner.Session.(doer),
	}
	well, refused := 0, 0
	for _, route := range allRoutes(t) {
		if strings.HasSuffix(route.path, ":signOut") {
			visitors = map[string]doer{"nobody": visitors["nobody"]} // the others stay
		}
		for name, visitor := range visitors {
			for variant, change := range variantsOf(route) {
				request := route.request(t, ids)
				change(request)
				response, err := visitor.Do(request)
				require.NoError(t, err)
				_, err = io.Copy(io.Discard, response.Body)
				require.NoError(t, err)
				require.NoError(t, response.Body.Close())
				what := strings.Join([]string{route.verb, route.path, "by", name, variant, response.Status}, " ")
				if response.StatusCode < http.StatusBadRequest {
					well++
				} else {
					refused++
				}
				require.Less(t, response.StatusCode, http.StatusInternalServerError, what)
				checkHeaders(t, route, response, what)
				checkCookies(t, route, response, what)
			}
		}
	}
	require.Greater(t, well, 50)
	require.Greater(t, refused, 200)
}

func variantsOf(route edgeRoute) map[string]func(*http.Request) {
	out := map[string]func(*http.Request){
		"": func(*http.Request) {},
		"in English": func(r *http.Request) {
			r.Header.Set("Accept-Language", "en")
			r.Header.Set("Origin", shared.stack.URL())
		},
		"for another host":         func(r *http.Request) { r.Host = "evil.example" },
		"by another method":        func(r *http.Request) { r.Method = http.MethodDelete },
		"with something unknown":   func(r *http.Request) { r.URL.RawQuery = "zzz=1" },
		"with an id of somebody's": func(r *http.Request) { r.Header.Set("X-Request-Id", "mine-1") },
	}
	if route.verb == http.MethodPost {
		out["from another site"] = func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	}
	return out
}

// always are the headers of every answer.
func always() map[string]string {
	return map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Permissions-Policy":         "camera=(), geolocation=(), microphone=(), payment=()",
	}
}

// sometimes are further headers that an answer may have; no other name is.
func sometimes() []string {
	return []string{
		"Content-Security-Policy", "Cache-Control", "Cross-Origin-Resource-Policy", "X-Request-Id", "Date", "Content-Type", "Content-Length",
		"Content-Language", "Vary", "Retry-After", "Www-Authenticate", "Location", "Set-Cookie", "Allow", "X-Robots-Tag", "Pragma",
		"Content-Disposition",
	}
}

const (
	programPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	pagePolicy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

func checkHeaders(t *testing.T, route edgeRoute, response *http.Response, what string) {
	t.Helper()
	header := response.Header
	for name, value := range always() {
		require.Equal(t, []string{value}, header.Values(name), "%s: %s", what, name)
	}
	known := append(slices.Collect(maps.Keys(always())), sometimes()...)
	for name := range header {
		require.Contains(t, known, name, what)
	}
	require.NotEmpty(t, header.Get("X-Request-Id"), what)
	require.Equal(t, []string{cachingOf(route, response)}, header.Values("Cache-Control"), what)
	require.Equal(t, []string{resourcesOf(route, response)}, header.Values("Cross-Origin-Resource-Policy"), what)
	isPage := strings.HasPrefix(header.Get("Content-Type"), "text/html") && header.Get("X-Robots-Tag") != ""
	policies := []string{programPolicy}
	if isPage {
		policies = []string{pagePolicy, strings.Replace(pagePolicy, "form-action 'self'", "form-action 'self' "+shared.stack.DemoURL(), 1)}
	}
	require.Len(t, header.Values("Content-Security-Policy"), 1, what)
	require.Contains(t, policies, policyOf(route, header), what)
	require.Equal(t, response.StatusCode == http.StatusUnauthorized && !isPage && header.Get("Content-Type") == "application/problem+json",
		header.Get("Www-Authenticate") != "", what)
	require.Equal(t, response.StatusCode/100 == 3, header.Get("Location") != "", what)
	if to := header.Get("Location"); to != "" {
		require.True(t, strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//"), "%s to %s", what, to)
	}
	if route.api() && response.StatusCode >= http.StatusBadRequest {
		require.Equal(t, "application/problem+json", header.Get("Content-Type"), what)
	}
}

// styleNonce lets the console make styles of its own, on this one page.
var styleNonce = regexp.MustCompile(` 'nonce-[A-Z2-7]{26}'`)

func policyOf(route edgeRoute, header http.Header) string {
	if route.path == "/console/" {
		return styleNonce.ReplaceAllString(header.Get("Content-Security-Policy"), "")
	}
	return header.Get("Content-Security-Policy")
}

// cachingOf: only what holds nobody's data is kept.
func cachingOf(route edgeRoute, response *http.Response) string {
	if response.StatusCode != http.StatusOK {
		return "no-store"
	}
	switch route.path {
	case "/.well-known/jwks.json":
		return "public, max-age=60"
	case "/.well-known/oauth-authorization-server", "/.well-known/authzen-configuration", "/docs", "/docs/errors", "/docs/docs.css", "/openapi.json", "/llms.txt":
		return "public, max-age=300"
	default:
		return "no-store"
	}
}

func resourcesOf(route edgeRoute, response *http.Response) string {
	if strings.HasPrefix(route.path, "/.well-known/") && response.StatusCode == http.StatusOK {
		return "cross-origin"
	}
	return "same-origin"
}

// checkCookies: the three names, for this host alone, out of reach of scripts.
func checkCookies(t *testing.T, route edgeRoute, response *http.Response, what string) {
	t.Helper()
	for _, cookie := range response.Cookies() {
		require.Contains(t, []string{"__Host-sid", "__Host-lang", "__Host-notice"}, cookie.Name, what)
		require.True(t, cookie.Secure && cookie.HttpOnly, what)
		require.Equal(t, http.SameSiteLaxMode, cookie.SameSite, what)
		require.Equal(t, "/", cookie.Path, what)
		require.Empty(t, cookie.Domain, what)
		require.False(t, cookie.Name == "__Host-sid" && route.verb == http.MethodGet && cookie.Value != "", "%s gives a session", what)
	}
}

// The stylesheet is found as a browser finds it.
func TestTheStylesheetIsKeptForEver(t *testing.T) {
	t.Parallel()
	get := func(path string) (*http.Response, string) {
		response, err := driver.HTTPClient(nil).Do(edgeRoute{http.MethodGet, path}.request(t, nil))
		require.NoError(t, err)
		content, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response, string(content)
	}
	_, page := get("/sign-in")
	found := regexp.MustCompile(`/assets/[a-z0-9.-]+\.css`).FindString(page)
	require.NotEmpty(t, found)
	response, _ := get(found)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "public, max-age=31536000, immutable", response.Header.Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", response.Header.Get("Content-Type"))
	for name, value := range always() {
		require.Equal(t, []string{value}, response.Header.Values(name), name)
	}
	require.Empty(t, response.Cookies())
}
