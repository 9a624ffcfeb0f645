package observe_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// Every request is one span of the caller's trace, one count by route, and a
// line without its path, which may hold a secret link.
func TestRequestIsObservedByItsRoute(t *testing.T) {
	t.Parallel()
	spans, log := tracetest.NewSpanRecorder(), &bytes.Buffer{}
	tel, stop, err := telemetry.Start(t.Context(), "gateway", telemetry.Config{},
		telemetry.WithSpanProcessor(sdktrace.SpanProcessor(spans)), telemetry.WithLogOutput(log))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop(context.WithoutCancel(t.Context()))) })
	observer, err := observe.New(tel)
	require.NoError(t, err)
	handler := observer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		observe.SetRoute(r.Context(), "/c/{token}")
		w.WriteHeader(http.StatusTeapot)
	}))
	r := httptest.NewRequest(http.MethodGet, "/c/avl_con1_secret", nil)
	r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	r.Header.Set("Cookie", "__Host-sid=avl_ses1_secret")

	handler.ServeHTTP(httptest.NewRecorder(), r)

	ended := spans.Ended()
	require.Len(t, ended, 1)
	require.Equal(t, "GET /c/{token}", ended[0].Name())
	require.Equal(t, "4bf92f3577b34da6a3ce929d0e0e4736", ended[0].SpanContext().TraceID().String())
	w := httptest.NewRecorder()
	tel.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Contains(t, w.Body.String(), `aval_gateway_http_requests_total{code="418",method="GET",route="/c/{token}"} 1`)
	require.Contains(t, log.String(), `"route":"/c/{token}"`)
	require.NotContains(t, log.String()+w.Body.String(), "secret")
}
