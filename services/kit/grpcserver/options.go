package grpcserver

import (
	"context"
	"errors"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const (
	// maxMessage bounds a request, in bytes.
	maxMessage = 1 << 20
	// connectionAge makes clients look their server up again, so that new
	// replicas get their share.
	connectionAge = 5 * time.Minute
	// connectionGrace is what running calls get when their connection ages out.
	connectionGrace = 30 * time.Second
	// leastPing is how often a client may ask whether its connection lives: who
	// has a stream open hears of nothing else that it does not.
	leastPing = 5 * time.Second
	// defaultStreamLife is the time of a stream that was opened for a person.
	defaultStreamLife = time.Minute
	// defaultStopTimeout is what running calls get when the server stops.
	defaultStopTimeout = 5 * time.Second
)

// Options says how a server runs. TLS and Telemetry are required.
type Options struct {
	// Name is the service's name, for its component and its logs.
	Name string
	// Listener is served instead of the component's address when given.
	Listener net.Listener
	// TLS is this workload's certificate and the trust domain.
	TLS *authn.MTLS
	// Verifier checks people's tokens; nil refuses every token.
	Verifier *authn.Verifier
	// Decider answers the rules that ask for a permission; nil where none does.
	Decider   authz.Decider
	Telemetry *telemetry.Telemetry
	// PlatformCallers and Operators hold exact SPIFFE ids.
	PlatformCallers, Operators []string
	// ProbeAddr is the plaintext listener for health and metrics; none when
	// empty.
	ProbeAddr string
	// Ready tells whether the server's own needs are met (its database and the
	// schema's version); nil means always.
	Ready func(ctx context.Context) error
	// Busy are methods that are called so often that a trace of each would cost
	// more than the call. The function sees to a request without reflection: where
	// it says yes the contract's rules are kept; else they are looked at one by one.
	Busy map[string]func(req any) bool
	// Around goes around the methods, inside all other interceptors.
	Around []grpc.UnaryServerInterceptor
	// StopTimeout is how long running calls may take to end; zero for 5 s.
	StopTimeout time.Duration
	// StreamLife is how long a stream lasts that was opened for a person; zero
	// for 60 s.
	StreamLife time.Duration
	// Contracts finds the descriptors of registered services; the ones compiled
	// in when nil.
	Contracts protodesc.Resolver
}

func (o Options) complete() (Options, error) {
	if o.TLS == nil || o.Telemetry == nil {
		return o, errors.New("making a server: TLS and Telemetry are required")
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = defaultStopTimeout
	}
	if o.StreamLife == 0 {
		o.StreamLife = defaultStreamLife
	}
	if o.Contracts == nil {
		o.Contracts = protoregistry.GlobalFiles
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	return o, nil
}
