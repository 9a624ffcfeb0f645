package grpcclient

import (
	"context"
	"time"

	"google.golang.org/grpc"
)

// share is the part of the remaining time that an outgoing call may take: what
// is left lets the caller still answer when the call runs out.
const share = 0.95

func (c *client) deadlineUnary(
	ctx context.Context, method string, req, reply any,
	conn *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeoutOf(ctx))
	defer cancel()
	return invoker(ctx, method, req, reply, conn, opts...)
}

func (c *client) timeoutOf(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return c.timeout
	}
	remaining := time.Duration(float64(time.Until(deadline)) * share)
	return min(remaining, c.timeout)
}
