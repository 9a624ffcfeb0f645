package grpcserver

import (
	"context"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/fault"
)

// faultUnary turns errors into statuses in the caller's language.
func (s *Server) faultUnary(
	ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	c := &call{}
	resp, err := handler(withCall(ctx, c), req)
	if err != nil {
		return nil, fault.ToStatus(err, c.locale).Err()
	}
	return resp, nil
}

func (s *Server) faultStream(
	srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	c := &call{}
	err := handler(srv, &stream{ServerStream: ss, ctx: withCall(ss.Context(), c)})
	if err != nil {
		return fault.ToStatus(err, c.locale).Err()
	}
	return nil
}
