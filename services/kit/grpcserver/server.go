// Package grpcserver is the gRPC server of every service: mutual TLS, who is
// calling, whether they may, whether the request is well-formed, errors in the
// caller's language, traces, metrics, logs, health and reflection. A service
// registers its implementation and runs the component; it handles none of this
// itself.
//
// The interceptors, from the outside in: traces, metrics, faults (errors become
// statuses), log, recover, authenticate, the bound of a stream, authorize,
// validate, and what a service adds to its methods (Options.Around). Health and
// reflection pass by authenticate, authorize and validate by their names;
// their callers still need a certificate of the trust domain.
package grpcserver

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"buf.build/go/protovalidate"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
)

// Server is one gRPC server. It is made, given its services, and run once.
type Server struct {
	options       Options
	grpc          *grpc.Server
	health        *health.Server
	authenticator *authn.Authenticator
	validator     protovalidate.Validator
	metrics       *metrics
	tracer        trace.Tracer
	// logged and traced count calls, of which few are logged and traced.
	logged, traced atomic.Uint64
	// authorizer is set when the component starts, once all services are
	// registered.
	authorizer atomic.Pointer[authz.Authorizer]
	// life ends when the component stops; all streams end with it, and their
	// receivers are waited for.
	life      context.Context
	receivers sync.WaitGroup

	mu        sync.Mutex
	addr      string
	probeAddr string
}

// scope names this package to telemetry.
const scope = "github.com/aval-access/aval/services/kit/grpcserver"

// warmWorkers handle the calls of a server with busy methods: a goroutine made
// for a call grows its stack through all interceptors each time. Calls beyond
// get goroutines of their own.
const warmWorkers = 64

// New makes a server; nothing listens before its component runs.
func New(o Options) (*Server, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, health: health.NewServer(), tracer: o.Telemetry.Tracer.Tracer(scope)}
	s.authenticator, err = authn.NewAuthenticator(authn.Options{
		Verifier:        o.Verifier,
		PlatformCallers: o.PlatformCallers,
		Operators:       o.Operators,
	})
	if err != nil {
		return nil, fmt.Errorf("making the server of %s: %w", o.Name, err)
	}
	if s.validator, err = protovalidate.New(); err != nil {
		return nil, fmt.Errorf("making the validator of %s: %w", o.Name, err)
	}
	if s.metrics, err = newMetrics(o.Telemetry.Meter); err != nil {
		return nil, fmt.Errorf("making the metrics of %s: %w", o.Name, err)
	}
	s.grpc = grpc.NewServer(s.serverOptions()...)
	s.health.Shutdown() // not serving before the component is ready
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	return s, nil
}

// GRPC is where services are registered, before the component runs.
func (s *Server) GRPC() *grpc.Server { return s.grpc }

// Addr is the address that the server listens on, once its component is ready.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// ProbeAddr is the address of health and metrics, once the component is ready;
// empty where there is none.
func (s *Server) ProbeAddr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.probeAddr
}

func (s *Server) serverOptions() []grpc.ServerOption {
	workers := 0
	if len(s.options.Busy) > 0 {
		workers = warmWorkers
	}
	return []grpc.ServerOption{
		grpc.NumStreamWorkers(uint32(workers)),
		grpc.Creds(credentials.NewTLS(s.options.TLS.ServerTLS())),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionAge:      connectionAge,
			MaxConnectionAgeGrace: connectionGrace,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: leastPing}),
		grpc.ChainUnaryInterceptor(
			s.traceUnary, s.countUnary, s.faultUnary, s.logUnary, recoverUnary,
			s.authenticateUnary, s.authorizeUnary, s.validateUnary,
		),
		grpc.ChainUnaryInterceptor(s.options.Around...),
		grpc.ChainStreamInterceptor(
			s.traceStream, s.countStream, s.faultStream, s.logStream, recoverStream,
			s.authenticateStream, s.boundStream, s.authorizeStream, s.validateStream,
		),
	}
}
