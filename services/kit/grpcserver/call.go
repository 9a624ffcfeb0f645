package grpcserver

import (
	"context"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/authn"
)

// call is what the outer interceptors learn from the inner ones about one
// request. Only the request's own goroutine touches it.
type call struct {
	caller authn.Caller
	locale string
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callFrom(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// noteCaller tells the outer interceptors who called.
func noteCaller(ctx context.Context, caller authn.Caller) {
	c := callFrom(ctx)
	c.caller, c.locale = caller, caller.Locale
}

// stream replaces the context of a server stream.
type stream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *stream) Context() context.Context { return s.ctx }
