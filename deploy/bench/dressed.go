package main

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// dressedNull is a server as membership's, with mutual TLS, authentication,
// rules, metrics and sampled traces, whose decision is a constant. stop ends it.
func dressedNull(ctx context.Context, s *stack.Stack) (conn *grpc.ClientConn, stop func(), err error) {
	signals, endSignals, err := telemetry.Start(ctx, "null", telemetry.Config{LogLevel: slog.LevelWarn})
	if err != nil {
		return nil, nil, err
	}
	mtls, err := mutualTLS(s, "membership")
	if err != nil {
		return nil, nil, err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server, err := grpcserver.New(grpcserver.Options{
		Name: "null", Listener: listener, TLS: mtls, Telemetry: signals, PlatformCallers: []string{stack.SPIFFEID(stack.DemoProduct)},
		Busy: map[string]func(any) bool{membershipv1.AccessService_CheckAccess_FullMethodName: func(any) bool { return true }},
	})
	if err != nil {
		return nil, nil, err
	}
	membershipv1.RegisterAccessServiceServer(server.GRPC(), newConstant())
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	ready, ended := make(chan struct{}), make(chan error, 1)
	serving.Go(func() { ended <- server.Component("").Run(ctx, func() { close(ready) }) })
	stop = func() {
		cancel()
		serving.Wait()
		_ = endSignals(context.WithoutCancel(ctx))
	}
	select {
	case <-ready:
	case err := <-ended:
		stop()
		return nil, nil, err
	}
	conn, err = dialPlain(s, stack.DemoProduct, listener.Addr().String())
	return conn, stop, err
}

func mutualTLS(s *stack.Stack, workload string) (*authn.MTLS, error) {
	paths := s.Certificate(workload)
	return authn.NewMTLS(authn.TLSConfig{
		CertFile: paths.Cert, KeyFile: paths.Key, CAFile: paths.CA, TrustDomain: stack.TrustDomain,
	}, slog.New(slog.DiscardHandler))
}

// dialPlain is a client of mutual TLS and nothing else, beside that of the bare
// method.
func dialPlain(s *stack.Stack, workload, address string) (*grpc.ClientConn, error) {
	mtls, err := mutualTLS(s, workload)
	if err != nil {
		return nil, err
	}
	config, err := mtls.ClientTLS(stack.SPIFFEID("membership"))
	if err != nil {
		return nil, err
	}
	return grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(config)))
}
