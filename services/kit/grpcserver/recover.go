package grpcserver

import (
	"context"
	"fmt"
	"runtime/debug"

	"google.golang.org/grpc"
)

// recoverUnary makes a panic an error of that one request, with its stack for
// the log.
func recoverUnary(
	ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (resp any, err error) {
	defer func() {
		if r := recover(); r != nil {
			resp, err = nil, panicked(r)
		}
	}()
	return handler(ctx, req)
}

func recoverStream(
	srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler,
) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return handler(srv, ss)
}

func panicked(r any) error {
	return fmt.Errorf("the handler panicked: %v\n%s", r, debug.Stack())
}
