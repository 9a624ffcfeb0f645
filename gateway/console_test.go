package gateway_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheConsoleIsForWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	stays := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/console/", "/console/dossiers?q=a"} {
		answer := send(t, stays, "http://"+b.url, request{method: http.MethodGet, path: path})
		require.Equal(t, http.StatusSeeOther, answer.StatusCode)
		require.Regexp(t, `^/sign-in\?next=%2Fconsole%2F`, answer.Header.Get("Location"))
	}
	require.Equal(t, http.StatusNotFound, b.send(t, request{method: http.MethodGet, path: "/console/assets/nothing.js"}).StatusCode)
	require.Equal(t, http.StatusNotFound, b.send(t, request{method: http.MethodGet, path: "/console/assets/"}).StatusCode)
}

// Built or not, the page comes, in the person's language, and a style that a
// script makes needs the nonce of this one answer.
func TestTheConsolesStyleHasANonceOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	nonces := map[string]bool{}
	for range 2 {
		answer := b.send(t, request{method: http.MethodGet, path: "/console/collaborators", cookie: b.identity.live.String()})
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, "text/html; charset=utf-8", answer.Header.Get("Content-Type"))
		require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
		found := regexp.MustCompile(`style-src 'self' 'nonce-([A-Z2-7]{26})'`).FindStringSubmatch(answer.Header.Get("Content-Security-Policy"))
		require.Len(t, found, 2)
		nonces[found[1]] = true
		require.NotContains(t, answer.Header.Get("Content-Security-Policy"), "unsafe")
		require.Contains(t, string(answer.content), `<html lang="fr">`)
		require.NotContains(t, string(answer.content), "{{")
	}
	require.Len(t, nonces, 2)
}
