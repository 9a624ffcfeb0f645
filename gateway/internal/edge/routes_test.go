package edge_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func wrapped(t *testing.T, mux *http.ServeMux) http.Handler {
	t.Helper()
	quiet := telemetry.Discard()
	observer, err := observe.New(quiet)
	require.NoError(t, err)
	problems := problem.NewWriter("https://gateway.test", quiet.Log)
	handler, err := edge.Wrap(edge.Options{PublicURL: "https://gateway.test", Observer: observer, Problems: problems}, edge.Routes(mux, problems))
	require.NoError(t, err)
	return handler
}

func ask(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "https://gateway.test"+path, nil)
	handler.ServeHTTP(w, r)
	return w
}

func TestNoRouteIsAProblem(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /known", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	handler := wrapped(t, mux)

	require.Equal(t, http.StatusNoContent, ask(handler, http.MethodGet, "/known").Code)
	missing, wrong := ask(handler, http.MethodGet, "/unknown"), ask(handler, http.MethodPost, "/known")
	require.Equal(t, http.StatusNotFound, missing.Code)
	require.Equal(t, http.StatusMethodNotAllowed, wrong.Code)
	require.Equal(t, "GET, HEAD", wrong.Header().Get("Allow"))
	require.Equal(t, problem.ContentType, wrong.Header().Get("Content-Type"))
}

func TestPanicIsAProblem(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /panics", func(http.ResponseWriter, *http.Request) { panic("hunter2") })

	answer := ask(wrapped(t, mux), http.MethodGet, "/panics")

	require.Equal(t, http.StatusInternalServerError, answer.Code)
	require.Contains(t, answer.Body.String(), `"reason":"INTERNAL"`)
	require.NotContains(t, answer.Body.String(), "hunter2")
}

func TestPublicURLNeedsAHost(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "gateway.test", "/path"} {
		_, err := edge.Wrap(edge.Options{PublicURL: base}, http.NotFoundHandler())
		require.Error(t, err, base)
	}
}
