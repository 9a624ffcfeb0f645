package telemetry_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aval-access/aval/services/kit/telemetry"
)

func start(t *testing.T, cfg telemetry.Config, opts ...telemetry.Option) *telemetry.Telemetry {
	t.Helper()
	tel, stop, err := telemetry.Start(t.Context(), "consent", cfg, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop(context.WithoutCancel(t.Context()))) })
	return tel
}

func TestMetricsAreServedFromTheServicesOwnRegistry(t *testing.T) {
	t.Parallel()
	first, second := start(t, telemetry.Config{}), start(t, telemetry.Config{})
	counter, err := first.Meter.Meter("test").Int64Counter("aval_consent_answers")
	require.NoError(t, err)
	counter.Add(t.Context(), 3)

	require.Contains(t, scrape(t, first), "aval_consent_answers_total 3")
	require.NotContains(t, scrape(t, second), "aval_consent_answers_total")
}

func scrape(t *testing.T, tel *telemetry.Telemetry) string {
	t.Helper()
	rec := httptest.NewRecorder()
	tel.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	body, err := io.ReadAll(rec.Result().Body)
	require.NoError(t, err)
	return string(body)
}

func TestSpansReachTheProcessorAndTheLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	spans := tracetest.NewInMemoryExporter()
	tel := start(t, telemetry.Config{},
		telemetry.WithLogOutput(&out),
		telemetry.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(spans)))

	ctx, span := tel.Tracer.Tracer("test").Start(t.Context(), "answer")
	tel.Log.InfoContext(ctx, "consent_answered", "consent_id", "cns_1")
	span.End()

	require.Len(t, spans.GetSpans(), 1)
	require.Contains(t, out.String(), span.SpanContext().TraceID().String())
	require.Contains(t, out.String(), `"service":"consent"`)
}

func TestLogKeepsPersonalDataOut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tel := start(t, telemetry.Config{LogFormat: "text"}, telemetry.WithLogOutput(&out))
	tel.Log.With("token", "avl_x").Info("mail_sent",
		"email", "a@example.com", slog.Group("who", "name", "Ada"), "delivery_id", "dlv_1")
	for _, private := range []string{"a@example.com", "Ada", "avl_x"} {
		require.NotContains(t, out.String(), private)
	}
	require.Contains(t, out.String(), "dlv_1")
}

func TestLevelAndFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tel := start(t, telemetry.Config{LogLevel: slog.LevelWarn}, telemetry.WithLogOutput(&out))
	tel.Log.Info("quiet")
	require.Empty(t, out.String())

	_, _, err := telemetry.Start(t.Context(), "x", telemetry.Config{LogFormat: "xml"})
	require.ErrorContains(t, err, "xml")
}
