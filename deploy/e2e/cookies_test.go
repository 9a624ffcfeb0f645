package e2e

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
)

// disguise is a browser that calls itself so.
type disguise struct {
	agent string
	inner http.RoundTripper
}

func (d disguise) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", d.agent)
	return d.inner.RoundTrip(r)
}

// copied is another browser with the same cookies.
func copied(from *http.Client, agent string) *http.Client {
	out := driver.HTTPClient(from.Jar)
	out.Transport = disguise{agent: agent, inner: out.Transport}
	return out
}

// statusOf asks the edge for a page or a method.
func (b bundle) statusOf(ctx context.Context, browser *http.Client, path string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.stack.URL()+path, nil)
	if err != nil {
		return 0, err
	}
	response, err := browser.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// F3: a session belongs to the family of browsers that signed in. A new version
// goes on with it; a cookie that was carried to another browser opens nothing
// there, and the session that it was copied from ends.
func TestACookieCarriedToAnotherBrowserOpensNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	client := b.client(t)
	own := b.browserOf(t, client.Owner, client.ID) // Go-http-client/1.1
	for _, c := range []struct {
		browser *http.Client
		path    string
		want    int
	}{
		{own, "/v1/me", http.StatusOK},
		{own, "/account", http.StatusOK},
		{copied(own, "Go-http-client/3.0"), "/v1/me", http.StatusOK},
		{copied(own, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "/v1/me", http.StatusUnauthorized},
		{copied(own, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "/account", http.StatusSeeOther},
	} {
		got, err := b.statusOf(t.Context(), c.browser, c.path)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.path)
	}
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		got, err := b.statusOf(ctx, own, "/v1/me") // the edge remembers it for a second
		return got == http.StatusUnauthorized, err
	}))
}
