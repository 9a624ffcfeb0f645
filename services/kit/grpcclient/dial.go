// Package grpcclient makes the connections between services: mutual TLS to one
// exact workload, balancing over all its addresses, a deadline on every call,
// bounded retries where repeating is harmless, and errors as faults again.
package grpcclient

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// defaultTimeout is the deadline of a call that has none.
const defaultTimeout = 10 * time.Second

// maxBackoff bounds the pause between two tries to connect: who was away is found
// again soon after its return.
const maxBackoff = 2 * time.Second

// balanced spreads calls over every address that the target resolves to.
const balanced = `{"loadBalancingConfig":[{"round_robin":{}}]}`

// Options says how to connect. TLS, Server and Telemetry are required.
type Options struct {
	// TLS is this workload's own certificate.
	TLS *authn.MTLS
	// Server is the SPIFFE id that the server must show.
	Server    string
	Telemetry *telemetry.Telemetry
	// Timeout bounds a call; zero for 10 s. A call never outlives the request
	// that it serves.
	Timeout time.Duration
	// Contracts finds the rules that say which methods may be repeated; the
	// ones compiled in when nil.
	Contracts protodesc.Resolver
}

type client struct {
	timeout time.Duration
	retries metric.Int64Counter
	jitter  func() float64
	// contracts tell which methods may be repeated.
	contracts protodesc.Resolver
}

// Dial makes a connection to a target such as "dns:///membership:8443". It
// connects at the first call, and again by itself whenever it was lost.
func Dial(target string, o Options) (*grpc.ClientConn, error) {
	if o.TLS == nil || o.Telemetry == nil {
		return nil, errors.New("connecting: TLS and Telemetry are required")
	}
	config, err := o.TLS.ClientTLS(o.Server)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", target, err)
	}
	c, err := newClient(o)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", target, err)
	}
	conn, err := grpc.NewClient(target,
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithDefaultServiceConfig(balanced),
		grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(connecting()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler(
			otelgrpc.WithTracerProvider(o.Telemetry.Tracer),
			otelgrpc.WithPropagators(o.Telemetry.Propagator),
			otelgrpc.WithMeterProvider(noop.NewMeterProvider()),
		)),
		grpc.WithChainUnaryInterceptor(faultUnary, localeUnary, c.deadlineUnary, c.retryUnary),
		grpc.WithChainStreamInterceptor(faultStream, localeStream),
	)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", target, err)
	}
	return conn, nil
}

func connecting() grpc.ConnectParams {
	pauses := backoff.DefaultConfig
	pauses.BaseDelay, pauses.MaxDelay = maxBackoff/10, maxBackoff
	return grpc.ConnectParams{Backoff: pauses, MinConnectTimeout: 2 * maxBackoff}
}

func newClient(o Options) (*client, error) {
	meter := o.Telemetry.Meter.Meter("github.com/aval-access/aval/services/kit/grpcclient")
	retries, err := meter.Int64Counter("aval.grpc.client.retries",
		metric.WithDescription("Calls repeated because the server could not be reached, by method."))
	if err != nil {
		return nil, fmt.Errorf("making the retry counter: %w", err)
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	var contracts protodesc.Resolver = protoregistry.GlobalFiles
	if o.Contracts != nil {
		contracts = o.Contracts
	}
	return &client{timeout: timeout, retries: retries, jitter: rand.Float64, contracts: contracts}, nil
}
