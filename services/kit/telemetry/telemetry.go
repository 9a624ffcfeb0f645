// Package telemetry gives a service its traces, metrics and log, without
// globals. Exporters follow the OTEL_* variables and there is none unless one
// is set; metrics are always readable through Handler. Nothing here carries
// personal data: the log redacts attributes that could.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/attribute"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// Telemetry is what a service observes itself with.
type Telemetry struct {
	Tracer   trace.TracerProvider
	Meter    metric.MeterProvider
	Log      *slog.Logger
	Registry *prometheus.Registry
	// Propagator carries the trace context between services; no baggage, which
	// could hold anything.
	Propagator propagation.TextMapPropagator
}

// Start builds the telemetry of one service. stop flushes and closes the
// exporters; it keeps to its context's deadline.
func Start(ctx context.Context, service string, cfg Config, opts ...Option) (*Telemetry, func(context.Context) error, error) {
	set := settings{output: os.Stderr}
	for _, opt := range opts {
		opt(&set)
	}
	log, err := newLog(service, cfg, set.output)
	if err != nil {
		return nil, nil, err
	}
	about, err := describe(ctx, service)
	if err != nil {
		return nil, nil, err
	}
	tracer, err := newTracer(ctx, about, set)
	if err != nil {
		return nil, nil, err
	}
	registry := newRegistry()
	meter, err := newMeter(ctx, about, registry)
	if err != nil {
		return nil, nil, errors.Join(err, tracer.Shutdown(ctx))
	}
	stop := func(ctx context.Context) error {
		return errors.Join(tracer.Shutdown(ctx), meter.Shutdown(ctx))
	}
	return &Telemetry{
		Tracer:     tracer,
		Meter:      meter,
		Log:        log,
		Registry:   registry,
		Propagator: propagation.TraceContext{},
	}, stop, nil
}

// Discard observes nothing, for tests that look at something else.
func Discard() *Telemetry {
	return &Telemetry{
		Tracer:     tracenoop.NewTracerProvider(),
		Meter:      metricnoop.NewMeterProvider(),
		Log:        slog.New(slog.DiscardHandler),
		Registry:   prometheus.NewRegistry(),
		Propagator: propagation.TraceContext{},
	}
}

// Handler answers /metrics in the Prometheus and OpenMetrics formats.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.Registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// describe names the service; OTEL_RESOURCE_ATTRIBUTES may add to it, and
// nothing about the machine or its user is collected.
func describe(ctx context.Context, service string) (*resource.Resource, error) {
	about, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", service), attribute.String("service.namespace", "aval")),
		resource.WithFromEnv(),
	)
	if err != nil {
		return nil, fmt.Errorf("describing the service: %w", err)
	}
	return about, nil
}

func newTracer(ctx context.Context, about *resource.Resource, set settings) (*sdktrace.TracerProvider, error) {
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(about)}
	for _, p := range set.processors {
		options = append(options, sdktrace.WithSpanProcessor(p))
	}
	if exporterNamed("OTEL_TRACES_EXPORTER") {
		exporter, err := autoexport.NewSpanExporter(ctx)
		if err != nil {
			return nil, fmt.Errorf("opening the trace exporter: %w", err)
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	if len(options) == 1 {
		// Nobody listens: trace ids still pass through, spans cost nothing.
		options = append(options, sdktrace.WithSampler(sdktrace.NeverSample()))
	}
	return sdktrace.NewTracerProvider(options...), nil
}

func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

func newMeter(ctx context.Context, about *resource.Resource, registry *prometheus.Registry) (*sdkmetric.MeterProvider, error) {
	reader, err := otelprom.New(otelprom.WithRegisterer(registry), otelprom.WithoutScopeInfo())
	if err != nil {
		return nil, fmt.Errorf("opening the metrics registry: %w", err)
	}
	options := []sdkmetric.Option{sdkmetric.WithResource(about), sdkmetric.WithReader(reader)}
	if exporterNamed("OTEL_METRICS_EXPORTER") {
		pushed, err := autoexport.NewMetricReader(ctx)
		if err != nil {
			return nil, fmt.Errorf("opening the metrics exporter: %w", err)
		}
		options = append(options, sdkmetric.WithReader(pushed))
	}
	return sdkmetric.NewMeterProvider(options...), nil
}

// exporterNamed tells whether the operator asked for an exporter. Prometheus
// is served already, by Handler.
func exporterNamed(variable string) bool {
	switch os.Getenv(variable) {
	case "", "none", "prometheus":
		return false
	default:
		return true
	}
}
