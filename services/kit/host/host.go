package host

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// stopTimeout is what all parts of a service share when it stops.
const stopTimeout = 15 * time.Second

// Host is an opened process. Close it once Run has returned.
type Host struct {
	Name      string
	Clock     clock.Clock
	Telemetry *telemetry.Telemetry
	Log       *slog.Logger
	TLS       *authn.MTLS
	DB        *pg.DB
	Bus       *bus.Conn // nil after OpenWithoutBus
	Pages     *page.Sealer

	config Config
	server *grpcserver.Server
	conns  map[string]*grpc.ClientConn
	opened lifecycle.Closing
}

// Conn is the connection to a sibling named in PEERS. It connects at the first
// call. A name that PEERS lacks is a mistake of the wiring: calls over it fail.
func (h *Host) Conn(peer string) grpc.ClientConnInterface {
	conn, ok := h.conns[peer]
	if !ok {
		return missingPeer(peer)
	}
	return conn
}

// ServerOptions are what differs between services.
type ServerOptions struct {
	// Keys verify people's tokens.
	Keys authn.KeySource
	// Decider answers the permissions in the methods' rules.
	Decider authz.Decider
	// Schema holds the files that the database must have seen before the
	// service is ready.
	Schema fs.FS
	// Busy are methods of which few calls are traced.
	Busy map[string]func(req any) bool
	// Around goes around the service's methods, once a request is known to be
	// allowed and well-formed.
	Around []grpc.UnaryServerInterceptor
}

// Server makes the service's server; Run serves it.
func (h *Host) Server(o ServerOptions) (*grpcserver.Server, error) {
	verifier, err := authn.NewVerifier(authn.VerifierOptions{Keys: o.Keys, Issuer: h.config.Issuer, Clock: h.Clock})
	if err != nil {
		return nil, err
	}
	h.server, err = grpcserver.New(grpcserver.Options{
		Name:            h.Name,
		Listener:        h.config.Listener,
		TLS:             h.TLS,
		Verifier:        verifier,
		Decider:         o.Decider,
		Telemetry:       h.Telemetry,
		PlatformCallers: h.config.PlatformCallers,
		Operators:       h.config.Operators,
		ProbeAddr:       h.config.OpsAddr,
		Busy:            o.Busy,
		Around:          o.Around,
		Ready:           func(ctx context.Context) error { return h.DB.Ready(ctx, o.Schema) },
	})
	return h.server, err
}

// Close closes what Open opened, last first.
func (h *Host) Close() error { return h.opened.Close(stopTimeout) }
