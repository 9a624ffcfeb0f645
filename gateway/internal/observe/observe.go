// Package observe lets an operator see each HTTP request: one span that goes
// on in the services, one count and one duration by route and status, and a
// line in the log with ids alone.
package observe

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const scope = "github.com/aval-access/aval/gateway"

// unmatched is the route of requests that lead nowhere, so that nobody can
// make series up.
const unmatched = "unmatched"

// Observer watches requests.
type Observer struct {
	telemetry *telemetry.Telemetry
	tracer    trace.Tracer
	requests  metric.Int64Counter
	duration  metric.Float64Histogram
}

// New makes an observer.
func New(t *telemetry.Telemetry) (*Observer, error) {
	meter := t.Meter.Meter(scope)
	requests, err := meter.Int64Counter("aval.gateway.http.requests",
		metric.WithDescription("Requests answered, by route and status."))
	if err != nil {
		return nil, fmt.Errorf("making the request counter: %w", err)
	}
	duration, err := meter.Float64Histogram("aval.gateway.http.duration",
		metric.WithUnit("s"),
		metric.WithDescription("Time to answer a request, by route and status."),
		metric.WithExplicitBucketBoundaries(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
	if err != nil {
		return nil, fmt.Errorf("making the duration histogram: %w", err)
	}
	return &Observer{telemetry: t, tracer: t.Tracer.Tracer(scope), requests: requests, duration: duration}, nil
}

type routeKey struct{}

// SetRoute names the pattern that a request was matched with; the last and
// most exact one counts.
func SetRoute(ctx context.Context, route string) {
	if held, ok := ctx.Value(routeKey{}).(*string); ok {
		*held = route
	}
}

// Handler observes every request of next.
func (o *Observer) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun, route := time.Now(), unmatched
		ctx := o.telemetry.Propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx = context.WithValue(ctx, routeKey{}, &route)
		ctx, span := o.tracer.Start(ctx, method(r), trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r.WithContext(ctx))
		o.note(ctx, r, seen{route: route, status: answer.status, took: time.Since(begun)})
	})
}

type seen struct {
	route  string
	status int
	took   time.Duration
}

func (o *Observer) note(ctx context.Context, r *http.Request, s seen) {
	name := method(r)
	span := trace.SpanFromContext(ctx)
	span.SetName(name + " " + s.route)
	span.SetAttributes(
		attribute.String("http.request.method", name),
		attribute.String("http.route", s.route),
		attribute.Int("http.response.status_code", s.status),
	)
	if s.status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	set := metric.WithAttributeSet(attribute.NewSet(
		attribute.String("method", name),
		attribute.String("route", s.route),
		attribute.Int("code", s.status),
	))
	o.requests.Add(ctx, 1, set)
	o.duration.Record(ctx, s.took.Seconds(), set)
	o.telemetry.Log.LogAttrs(ctx, slog.LevelInfo, "request answered",
		slog.String("method", name),
		slog.String("route", s.route),
		slog.Int("status", s.status),
		slog.Duration("duration", s.took),
		slog.String("request_id", clients.SeenIn(ctx).RequestID))
}

// method keeps invented methods out of names and series.
func method(r *http.Request) string {
	known := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	for _, name := range known {
		if strings.EqualFold(r.Method, name) {
			return name
		}
	}
	return "_OTHER"
}

// answer remembers the status.
type answer struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader notes the first status.
func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write counts as the status 200 where none came before.
func (a *answer) Write(b []byte) (int, error) {
	a.wrote = true
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer itself.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
