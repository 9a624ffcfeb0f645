package grpcclient

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/aval-access/aval/services/kit/authn"
)

// WithPerson gives a context whose calls carry this person's token. Inside a
// request, authn.Forward forwards the one that came; by default none is.
func WithPerson(ctx context.Context, token string) context.Context {
	return authn.WithToken(ctx, token)
}

// localeUnary passes the caller's language on, for the texts of errors.
func localeUnary(
	ctx context.Context, method string, req, reply any,
	conn *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	return invoker(withLocale(ctx), method, req, reply, conn, opts...)
}

func localeStream(
	ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn,
	method string, streamer grpc.Streamer, opts ...grpc.CallOption,
) (grpc.ClientStream, error) {
	return streamer(withLocale(ctx), desc, conn, method, opts...)
}

func withLocale(ctx context.Context) context.Context {
	locale := authn.FromContext(ctx).Locale
	md, _ := metadata.FromOutgoingContext(ctx)
	if locale == "" || len(md.Get("accept-language")) > 0 {
		return ctx
	}
	return authn.WithLocale(ctx, locale)
}
