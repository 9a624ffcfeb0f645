package telemetry

import (
	"io"
	"log/slog"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Config is the part of a service's configuration that concerns its log.
// Traces and pushed metrics follow the OTEL_* variables.
type Config struct {
	LogFormat string     `env:"LOG_FORMAT" envDefault:"json" doc:"Form of the log: json or text."`
	LogLevel  slog.Level `env:"LOG_LEVEL" envDefault:"INFO" doc:"Least level that is logged: DEBUG, INFO, WARN or ERROR."`
}

type settings struct {
	processors []sdktrace.SpanProcessor
	output     io.Writer
}

// Option changes how telemetry starts.
type Option func(*settings)

// WithSpanProcessor hands every span to p, for tests that read them; nil adds
// nothing.
func WithSpanProcessor(p sdktrace.SpanProcessor) Option {
	return func(s *settings) {
		if p != nil {
			s.processors = append(s.processors, p)
		}
	}
}

// WithLogOutput writes the log there instead of to standard error.
func WithLogOutput(w io.Writer) Option {
	return func(s *settings) { s.output = w }
}
