package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

func newLog(service string, cfg Config, out io.Writer) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: cfg.LogLevel, ReplaceAttr: redact}
	var inner slog.Handler
	switch cfg.LogFormat {
	case "", "json":
		inner = slog.NewJSONHandler(out, options)
	case "text":
		inner = slog.NewTextHandler(out, options)
	default:
		return nil, fmt.Errorf("the log format %q is neither json nor text", cfg.LogFormat)
	}
	return slog.New(traced{inner}).With("service", service), nil
}

// redact blanks attributes whose name says that they hold personal data or a
// secret. Code is not to log them; this is the net below.
func redact(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindGroup && sensitive(a.Key) {
		return slog.String(a.Key, "[redacted]")
	}
	return a
}

func sensitive(key string) bool {
	switch strings.ToLower(key) {
	case "email", "address", "phone", "name", "display_name", "recipient", "ip",
		"password", "token", "secret", "authorization", "cookie", "url", "dsn":
		return true
	default:
		return false
	}
}

// traced adds the ids of the current span to each line.
type traced struct{ slog.Handler }

func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	if err := t.Handler.Handle(ctx, r); err != nil {
		return fmt.Errorf("writing the log: %w", err)
	}
	return nil
}

func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }

func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }
