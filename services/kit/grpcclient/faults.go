package grpcclient

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/fault"
)

// faultUnary gives the caller the fault that the server answered.
func faultUnary(
	ctx context.Context, method string, req, reply any,
	conn *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	return fault.FromStatus(invoker(ctx, method, req, reply, conn, opts...))
}

func faultStream(
	ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn,
	method string, streamer grpc.Streamer, opts ...grpc.CallOption,
) (grpc.ClientStream, error) {
	inner, err := streamer(ctx, desc, conn, method, opts...)
	if err != nil {
		return nil, fault.FromStatus(err)
	}
	return &clientStream{ClientStream: inner}, nil
}

type clientStream struct {
	grpc.ClientStream
}

func (s *clientStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if errors.Is(err, io.EOF) {
		return err // the ordinary end, compared by identity
	}
	return fault.FromStatus(err)
}
