package driver

import (
	"context"
	"sync"

	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/authn"
)

// GRPC speaks to the services as an edge of its own would: with the gateway's
// certificate, and the person's token forwarded.
type GRPC struct {
	// Conns are the services' connections by name.
	Conns map[string]*grpc.ClientConn
}

// Close ends the connections.
func (g GRPC) Close() {
	for _, conn := range g.Conns {
		_ = conn.Close()
	}
}

// Name is "gRPC".
func (GRPC) Name() string { return "gRPC" }

// Session opens one.
func (g GRPC) Session(locale string) Session { return &grpcSession{transport: g, locale: locale} }

type grpcSession struct {
	transport GRPC
	locale    string

	mu    sync.Mutex
	token string // the browser's opaque one; "" while nobody is signed in
}

// Invoke calls a method as the person signed in, if any.
func (s *grpcSession) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	conn := s.transport.Conns[serviceOf(method)]
	ctx, err := s.identify(authn.WithLocale(ctx, s.locale))
	if err != nil {
		return err
	}
	if err := conn.Invoke(ctx, method, args, reply, opts...); err != nil {
		return err
	}
	s.remember(reply)
	return nil
}

// NewStream is not part of any journey.
func (s *grpcSession) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return s.transport.Conns[serviceOf(method)].NewStream(ctx, desc, method, opts...)
}

// identify exchanges the session for a token, as the gateway does.
func (s *grpcSession) identify(ctx context.Context) (context.Context, error) {
	s.mu.Lock()
	token := s.token
	s.mu.Unlock()
	if token == "" {
		return ctx, nil
	}
	answer, err := identityv1.NewAuthServiceClient(s.transport.Conns["identity"]).
		ResolveSession(ctx, &identityv1.ResolveSessionRequest{SessionToken: token})
	if err != nil {
		return ctx, err
	}
	return authn.WithToken(ctx, answer.GetAccessToken()), nil
}

// remember keeps what signing in answered.
func (s *grpcSession) remember(reply any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := reply.(interface{ GetSessionToken() string }); ok {
		s.token = r.GetSessionToken()
	}
	if _, ok := reply.(*identityv1.SignOutResponse); ok {
		s.token = ""
	}
}
