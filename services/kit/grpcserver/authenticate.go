package grpcserver

import (
	"context"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/authn"
)

// authenticateUnary puts the caller into the context.
func (s *Server) authenticateUnary(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	if exemptMethod(info.FullMethod) {
		return handler(ctx, req)
	}
	ctx, err := s.authenticate(ctx)
	if err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

func (s *Server) authenticateStream(
	srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	if exemptMethod(info.FullMethod) {
		return handler(srv, ss)
	}
	ctx, err := s.authenticate(ss.Context())
	if err != nil {
		return err
	}
	return handler(srv, &stream{ServerStream: ss, ctx: ctx})
}

func (s *Server) authenticate(ctx context.Context) (context.Context, error) {
	caller, err := s.authenticator.Caller(ctx)
	noteCaller(ctx, caller)
	if err != nil {
		return nil, err
	}
	return authn.NewContext(ctx, caller), nil
}
