package grpcserver

import (
	"context"
	"errors"
	"fmt"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// validateUnary checks the request against the rules in its proto, after the
// caller was allowed: a stranger learns nothing about a method's fields.
func (s *Server) validateUnary(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	if exemptMethod(info.FullMethod) {
		return handler(ctx, req)
	}
	if wellFormed := s.options.Busy[info.FullMethod]; wellFormed != nil && wellFormed(req) {
		return handler(ctx, req)
	}
	if err := s.validate(req); err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

func (s *Server) validateStream(
	srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	if exemptMethod(info.FullMethod) {
		return handler(srv, ss)
	}
	return handler(srv, &validatedStream{ServerStream: ss, server: s})
}

func (s *Server) validate(req any) error {
	message, ok := req.(proto.Message)
	if !ok {
		return fmt.Errorf("the request %T is no protobuf message", req)
	}
	if field := overlongIn(message.ProtoReflect(), ""); field != "" {
		return fault.Invalid(field, "repeated.max_items")
	}
	err := s.validator.Validate(message)
	var invalid *protovalidate.ValidationError
	if errors.As(err, &invalid) {
		return violations(invalid)
	}
	if err != nil {
		return fmt.Errorf("validating a request: %w", err)
	}
	if field := nulIn(message.ProtoReflect(), ""); field != "" {
		return fault.Invalid(field, "string.not_contains")
	}
	return nil
}

// maxViolations bounds an answer: whoever breaks more mends these first.
const maxViolations = 100

// violations names fields and rules; the texts come with the language.
func violations(invalid *protovalidate.ValidationError) error {
	var options []fault.Option
	for _, v := range invalid.Violations[:min(len(invalid.Violations), maxViolations)] {
		field := protovalidate.FieldPathString(v.Proto.GetField())
		options = append(options, fault.Field(field, v.Proto.GetRuleId()))
	}
	return fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, options...)
}

type validatedStream struct {
	grpc.ServerStream
	server *Server
}

func (s *validatedStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return s.server.validate(m)
}
