package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/decisions"
	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/gateway/internal/live"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/gateway/internal/session"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// stopTimeout is what both listeners share when the gateway stops.
const stopTimeout = 15 * time.Second

// services are the contexts that PEERS must name.
var services = [...]string{"identity", "membership", "partnersupport", "consent", "notification"}

// gateway is an opened edge.
type gateway struct {
	config    Config
	clock     clock.Clock
	telemetry *telemetry.Telemetry
	tls       *authn.MTLS
	conns     map[string]*grpc.ClientConn
	problems  *problem.Writer
	clients   *clients.Clients
	sessions  *session.Manager
	nonces    *session.Nonces
	// decisions is nil where every check is membership's.
	decisions *decisions.Copy
	// live is nil without a broker.
	live   *live.Hub
	opened lifecycle.Closing
}

// open opens everything below the routes; on an error nothing stays open.
func open(ctx context.Context, c Config) (*gateway, error) {
	g := &gateway{config: c, clock: clock.System{}, conns: map[string]*grpc.ClientConn{}}
	for _, step := range []func(context.Context) error{g.openTelemetry, g.openTLS, g.openClients, g.openDecisions, g.openSessions, g.openLive} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, g.opened.Close(stopTimeout))
		}
	}
	return g, nil
}

func (g *gateway) openTelemetry(ctx context.Context) error {
	t, stop, err := telemetry.Start(ctx, "gateway", g.config.Config, telemetry.WithSpanProcessor(g.config.Spans))
	if err != nil {
		return err
	}
	g.telemetry, g.problems = t, problem.NewWriter(g.config.PublicURL, t.Log)
	g.opened.Add(stop)
	return nil
}

func (g *gateway) openTLS(context.Context) (err error) {
	g.tls, err = authn.NewMTLS(g.config.TLSConfig, g.telemetry.Log)
	return err
}

func (g *gateway) openClients(context.Context) error {
	for _, name := range services {
		target, ok := g.config.Peers[name]
		if !ok {
			return fmt.Errorf("PEERS does not name %s", name)
		}
		conn, err := grpcclient.Dial(target, grpcclient.Options{TLS: g.tls, Server: g.tls.ServiceID(name), Telemetry: g.telemetry})
		if err != nil {
			return err
		}
		g.conns[name] = conn
		g.opened.Add(func(context.Context) error { return conn.Close() })
	}
	g.clients = clients.New(func(peer string) grpc.ClientConnInterface { return g.conns[peer] })
	return nil
}

func (g *gateway) openDecisions(context.Context) (err error) {
	if g.config.EmbedDecisions {
		g.decisions, err = decisions.NewCopy(g.conns["membership"], g.clock)
	}
	return err
}

func (g *gateway) openSessions(context.Context) error {
	key, err := g.config.formKey()
	if err != nil {
		return err
	}
	g.sessions = session.NewManager(g.clients.Auth, g.clock)
	g.nonces, err = session.NewNonces(key, g.clock)
	return err
}

// openLive listens to the broker, where there is one.
func (g *gateway) openLive(context.Context) error {
	c := g.config
	if c.NATSURL.IsZero() && c.InProcessNATS == nil {
		return nil
	}
	conn, err := bus.Connect(bus.Config{
		Name: "gateway", URL: c.NATSURL.Reveal(), InProcess: c.InProcessNATS, CredsFile: c.NATSCreds, Seed: c.NATSSeed.Reveal(), CAFile: c.NATSCA,
	})
	if err != nil {
		return err
	}
	g.opened.Add(func(context.Context) error { conn.Close(); return nil })
	g.live = live.New()
	return conn.Overhear(live.Subjects(), g.live.Hear)
}

// closeLive is a component that ends the streams of open pages before the
// listeners wait for their requests.
func (g *gateway) closeLive() lifecycle.Component {
	return lifecycle.Component{Name: "live", Run: func(ctx context.Context, ready func()) error {
		ready()
		<-ctx.Done()
		g.live.Close()
		return nil
	}}
}

// run serves the listeners; what people use starts first and stops last.
func (g *gateway) run(ctx context.Context) error {
	public, products, err := g.handlers()
	if err != nil {
		return fmt.Errorf("making the routes: %w", err)
	}
	log, c := g.telemetry.Log, g.config
	components := []lifecycle.Component{
		edge.Server{Name: "http", Listener: c.Listener, Addr: c.Addr, Handler: public, Log: log}.Component(),
		edge.Server{Name: "token endpoint", Listener: c.MTLSListener, Addr: c.MTLSAddr, TLS: g.tls.ServerTLS(), Handler: products, Log: log}.Component(),
	}
	if c.OpsAddr != "" {
		components = append(components, edge.Server{Name: "ops", Addr: c.OpsAddr, Handler: g.ops(), Log: log}.Component())
	}
	if g.decisions != nil {
		components = append(components, g.decisions.Component())
	}
	if g.live != nil {
		components = append(components, g.closeLive())
	}
	return lifecycle.Run(ctx, stopTimeout, append(components, lifecycle.Announce(c.OnReady))...)
}
