package gateway_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheAPIIsDescribedByItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	described := b.send(t, request{method: http.MethodGet, path: "/openapi.json"})
	require.Equal(t, http.StatusOK, described.StatusCode)
	require.Equal(t, "application/json", described.Header.Get("Content-Type"))
	require.Equal(t, "3.1.0", described.json(t)["openapi"])
	text := string(b.send(t, request{method: http.MethodGet, path: "/llms.txt"}).content)
	require.Contains(t, text, "- `POST /v1/partners/{partnerId}/assignments:batchCreate`: ")
	require.Contains(t, text, "https://gateway.test/openapi.json")
}

// Reading the reference asks nobody else for anything, and needs no script.
func TestTheReferenceStandsAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.send(t, request{method: http.MethodGet, path: "/docs"})
	require.Equal(t, http.StatusOK, page.StatusCode)
	html := string(page.content)
	require.NotContains(t, html, "<script")
	for _, link := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		require.Regexp(t, `^(#|/)`, link[1])
	}
	var spec struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	require.NoError(t, json.Unmarshal(b.send(t, request{method: http.MethodGet, path: "/openapi.json"}).content, &spec))
	for _, verbs := range spec.Paths {
		for _, one := range verbs {
			require.Contains(t, html, `id="`+one.OperationID+`"`)
		}
	}
	require.Contains(t, html, "curl -b jar -X POST -H &#39;Content-Type: application/json&#39;")
	require.Contains(t, html, "https://gateway.test/v1/partners/org_")
}
