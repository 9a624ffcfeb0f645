package grpcserver

import (
	"context"
	"fmt"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/authn"
)

// authorizeUnary enforces the method's rule, and leaves in the context the
// class under which the caller was let in.
func (s *Server) authorizeUnary(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	if exemptMethod(info.FullMethod) {
		return handler(ctx, req)
	}
	caller, err := s.enforce(ctx, info.FullMethod, req)
	if err != nil {
		return nil, err
	}
	return handler(authn.NewContext(ctx, caller), req)
}

// authorizeStream looks at the class when the stream opens, and at the
// organisation and the right at every message that comes in.
func (s *Server) authorizeStream(
	srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	if exemptMethod(info.FullMethod) {
		return handler(srv, ss)
	}
	caller, err := s.authorizer.Load().Admit(authn.FromContext(ss.Context()), info.FullMethod)
	if err != nil {
		return err
	}
	return handler(srv, &authorizedStream{
		ServerStream: ss,
		ctx:          authn.NewContext(ss.Context(), caller),
		server:       s,
		method:       info.FullMethod,
	})
}

func (s *Server) enforce(ctx context.Context, method string, req any) (authn.Caller, error) {
	message, ok := req.(proto.Message)
	if !ok {
		return authn.Caller{}, fmt.Errorf("the request of %s is no protobuf message", method)
	}
	return s.authorizer.Load().Enforce(ctx, authn.FromContext(ctx), method, message)
}

// authorizedStream lets nothing out before a message that came in was allowed.
type authorizedStream struct {
	grpc.ServerStream
	ctx     context.Context
	server  *Server
	method  string
	allowed atomic.Bool
}

func (s *authorizedStream) Context() context.Context { return s.ctx }

func (s *authorizedStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if _, err := s.server.enforce(s.ctx, s.method, m); err != nil {
		return err
	}
	s.allowed.Store(true)
	return nil
}

func (s *authorizedStream) SendMsg(m any) error {
	if !s.allowed.Load() {
		return fmt.Errorf("the stream %s sends before it was asked", s.method)
	}
	return s.ServerStream.SendMsg(m)
}
