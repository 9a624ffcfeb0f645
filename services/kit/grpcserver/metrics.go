package grpcserver

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// metrics count requests and their time by method and code, and what streams
// answer by method: a stream is one request, however long. Methods come from the
// contracts alone, so that nobody can make series up.
type metrics struct {
	requests metric.Int64Counter
	duration metric.Float64Histogram
	messages metric.Int64Counter
	// series are the attributes of each method and code, made once: one per
	// method of the contracts and code of gRPC at most.
	series sync.Map // of metric.MeasurementOption by seriesKey
}

type seriesKey struct {
	method string
	code   codes.Code
}

func newMetrics(provider metric.MeterProvider) (*metrics, error) {
	meter := provider.Meter(scope)
	requests, err := meter.Int64Counter("aval.grpc.server.requests",
		metric.WithDescription("Requests handled, by method and code."))
	if err != nil {
		return nil, fmt.Errorf("making the request counter: %w", err)
	}
	duration, err := meter.Float64Histogram("aval.grpc.server.duration",
		metric.WithUnit("s"),
		metric.WithDescription("Time to handle a request, by method and code."),
		metric.WithExplicitBucketBoundaries(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
	if err != nil {
		return nil, fmt.Errorf("making the duration histogram: %w", err)
	}
	messages, err := meter.Int64Counter("aval.grpc.server.stream.messages",
		metric.WithDescription("Messages sent in streams, by method."))
	if err != nil {
		return nil, fmt.Errorf("making the message counter: %w", err)
	}
	return &metrics{requests: requests, duration: duration, messages: messages}, nil
}

// countUnary stands outermost, where errors are statuses already.
func (s *Server) countUnary(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	begun := time.Now()
	resp, err := handler(ctx, req)
	s.metrics.add(ctx, info.FullMethod, begun, err)
	return resp, err
}

func (s *Server) countStream(
	srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	begun := time.Now()
	of := metric.WithAttributeSet(attribute.NewSet(attribute.String("method", info.FullMethod)))
	err := handler(srv, &countedStream{ServerStream: ss, messages: s.metrics.messages, of: of})
	s.metrics.add(ss.Context(), info.FullMethod, begun, err)
	return err
}

type countedStream struct {
	grpc.ServerStream
	messages metric.Int64Counter
	of       metric.MeasurementOption
}

func (c *countedStream) SendMsg(m any) error {
	err := c.ServerStream.SendMsg(m)
	if err == nil {
		c.messages.Add(c.Context(), 1, c.of)
	}
	return err
}

func (m *metrics) add(ctx context.Context, method string, begun time.Time, err error) {
	of := m.of(seriesKey{method, status.Code(err)})
	m.requests.Add(ctx, 1, of)
	m.duration.Record(ctx, time.Since(begun).Seconds(), of)
}

func (m *metrics) of(key seriesKey) metric.MeasurementOption {
	if known, ok := m.series.Load(key); ok {
		return known.(metric.MeasurementOption)
	}
	made, _ := m.series.LoadOrStore(key, metric.WithAttributeSet(attribute.NewSet(
		attribute.String("method", key.method),
		attribute.String("code", key.code.String()),
	)))
	return made.(metric.MeasurementOption)
}
