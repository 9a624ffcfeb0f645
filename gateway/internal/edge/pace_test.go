package edge_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// T-22: one network sends so many requests a second and no more, is told when
// again, and holds up no other.
func TestOneNetworkSendsSoManyRequests(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC))
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	problems := problem.NewWriter("https://aval.test", telemetry.Discard().Log)
	ask := func(h http.Handler, network string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/v1/me", nil)
		h.ServeHTTP(w, r.WithContext(clients.WithSeen(r.Context(), clients.Seen{Source: network})))
		return w
	}
	paced := edge.Pace(problems, now, 5, served)
	for range 5 {
		require.Equal(t, http.StatusNoContent, ask(paced, "192.0.2.1/32").Code)
	}
	refused := ask(paced, "192.0.2.1/32")
	require.Equal(t, http.StatusTooManyRequests, refused.Code)
	require.Equal(t, "1", refused.Header().Get("Retry-After"))
	require.Equal(t, http.StatusNoContent, ask(paced, "192.0.2.2/32").Code)
	now.Advance(400 * time.Millisecond)
	for _, want := range []int{http.StatusNoContent, http.StatusNoContent, http.StatusTooManyRequests} {
		require.Equal(t, want, ask(paced, "192.0.2.1/32").Code, "two of five in 0.4 s")
	}
	for n := range 30_000 { // more networks than are remembered
		require.Equal(t, http.StatusNoContent, ask(paced, strconv.Itoa(n)).Code)
		now.Advance(time.Millisecond)
	}
	unbound := edge.Pace(problems, now, 0, served)
	for range 500 {
		require.Equal(t, http.StatusNoContent, ask(unbound, "192.0.2.1/32").Code)
	}
}
