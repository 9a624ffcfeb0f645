// Package grpctest starts a real server of kit/grpcserver on loopback for a
// test, under an authority of its own, and gives clients with any identity and
// tokens of any person.
package grpctest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// Options says what to serve. Fields of Server that are left empty are filled:
// the name "membership", a certificate under that name, a verifier of Signer,
// no telemetry, probes on a free port, the operator and demo-product listed.
type Options struct {
	// Register registers the services.
	Register func(*grpc.Server)
	Server   grpcserver.Options
	// PKI and Signer are fresh when nil.
	PKI    *PKI
	Signer *Signer
}

// Server runs until its test ends.
type Server struct {
	*grpcserver.Server
	PKI    *PKI
	Signer *Signer
	id     string
	// contracts are those of the server, for its clients.
	contracts protodesc.Resolver
}

// Start starts a server and waits until it is ready.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	o = o.complete(t)
	server, err := grpcserver.New(o.Server)
	require.NoError(t, err)
	if o.Register != nil {
		o.Register(server.GRPC())
	}
	lifecycletest.Run(t, server.Component("127.0.0.1:0"))
	return &Server{
		Server:    server,
		PKI:       o.PKI,
		Signer:    o.Signer,
		id:        o.Server.TLS.ID(),
		contracts: o.Server.Contracts,
	}
}

// Attach gives clients to a server that the test runs itself, under the name
// of its certificate; they repeat no call.
func Attach(server *grpcserver.Server, pki *PKI, name string) *Server {
	return &Server{Server: server, PKI: pki, id: ID(name), contracts: &protoregistry.Files{}}
}

// Client connects as a workload in Aval's namespace, such as "gateway",
// "operator" or "demo-product".
func (s *Server) Client(t testing.TB, name string) *grpc.ClientConn {
	t.Helper()
	return s.ClientWith(t, s.PKI.MTLS(t, name))
}

// callTimeout is for a machine that runs many tests at once.
const callTimeout = time.Minute

// ClientWith connects with any certificate.
func (s *Server) ClientWith(t testing.TB, m *authn.MTLS) *grpc.ClientConn {
	t.Helper()
	return s.dial(t, m, callTimeout)
}

// ClientAsServed connects with the timeout that services have.
func (s *Server) ClientAsServed(t testing.TB, name string) *grpc.ClientConn {
	t.Helper()
	return s.dial(t, s.PKI.MTLS(t, name), 0)
}

func (s *Server) dial(t testing.TB, m *authn.MTLS, timeout time.Duration) *grpc.ClientConn {
	t.Helper()
	conn, err := grpcclient.Dial(s.Addr(), grpcclient.Options{
		TLS:       m,
		Server:    s.id,
		Telemetry: telemetry.Discard(),
		Contracts: s.contracts,
		Timeout:   timeout,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return conn
}

func (o Options) complete(t testing.TB) Options {
	t.Helper()
	if o.PKI == nil {
		o.PKI = NewPKI(t)
	}
	if o.Signer == nil {
		o.Signer = NewSigner(t)
	}
	if o.Server.Name == "" {
		o.Server.Name = "membership"
	}
	if o.Server.TLS == nil {
		o.Server.TLS = o.PKI.MTLS(t, o.Server.Name)
	}
	if o.Server.Verifier == nil {
		o.Server.Verifier = o.Signer.Verifier(t)
	}
	if o.Server.Telemetry == nil {
		o.Server.Telemetry = telemetry.Discard()
	}
	if o.Server.ProbeAddr == "" {
		o.Server.ProbeAddr = "127.0.0.1:0"
	}
	if o.Server.PlatformCallers == nil {
		o.Server.PlatformCallers = []string{ID("demo-product")}
	}
	if o.Server.Operators == nil {
		o.Server.Operators = []string{ID("operator")}
	}
	return o
}
