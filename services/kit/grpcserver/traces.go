package grpcserver

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Traces are made by interceptors and not by a stats handler, which gRPC would
// tell of eight events a call, and hand a copy of the metadata, whether the call
// is traced or not.

// traceUnary stands outermost: one in sampleEvery calls of the busy methods is
// traced, and every call of the others.
func (s *Server) traceUnary(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	if _, busy := s.options.Busy[info.FullMethod]; busy && s.traced.Add(1)%sampleEvery != 1 {
		return handler(ctx, req)
	}
	ctx, span := s.startSpan(ctx, info.FullMethod)
	defer span.End()
	resp, err := handler(ctx, req)
	noteStatus(span, err)
	return resp, err
}

func (s *Server) traceStream(
	srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	ctx, span := s.startSpan(ss.Context(), info.FullMethod)
	defer span.End()
	err := handler(srv, &stream{ServerStream: ss, ctx: ctx})
	noteStatus(span, err)
	return err
}

// startSpan goes on with the caller's trace.
func (s *Server) startSpan(ctx context.Context, method string) (context.Context, trace.Span) {
	ctx = s.options.Telemetry.Propagator.Extract(ctx, incoming{ctx})
	name := strings.TrimPrefix(method, "/")
	return s.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("rpc.system.name", "grpc"), attribute.String("rpc.method", name),
	))
}

// noteStatus marks as failed what is the server's fault, as the conventions of
// OpenTelemetry do.
func noteStatus(span trace.Span, err error) {
	code := status.Code(err)
	span.SetAttributes(attribute.String("rpc.response.status_code", code.String()))
	switch code {
	case grpccodes.Unknown, grpccodes.DeadlineExceeded, grpccodes.Unimplemented, grpccodes.Internal, grpccodes.Unavailable, grpccodes.DataLoss:
		span.SetStatus(codes.Error, "")
	}
}

// incoming reads the metadata of a call where a propagator looks for the trace.
type incoming struct{ ctx context.Context }

// Get gives the first value.
func (i incoming) Get(key string) string {
	if values := metadata.ValueFromIncomingContext(i.ctx, key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// Set does nothing: what came in stays as it came.
func (incoming) Set(string, string) {}

// Keys are not told: nobody asks when reading.
func (incoming) Keys() []string { return nil }
