package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/docs"
	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/gateway/internal/oauth"
	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/pages"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/gateway/internal/rest"
	"github.com/aval-access/aval/gateway/internal/session"
	"github.com/aval-access/aval/services/kit/authn"
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
	closes    []func(context.Context) error
}

// open opens everything below the routes; on an error nothing stays open.
func open(ctx context.Context, c Config) (*gateway, error) {
	g := &gateway{config: c, clock: clock.System{}, conns: map[string]*grpc.ClientConn{}}
	for _, step := range []func(context.Context) error{g.openTelemetry, g.openTLS, g.openClients, g.openSessions} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, g.close())
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
	g.closes = append(g.closes, stop)
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
		g.closes = append(g.closes, func(context.Context) error { return conn.Close() })
	}
	g.clients = clients.New(func(peer string) grpc.ClientConnInterface { return g.conns[peer] })
	return nil
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
	return lifecycle.Run(ctx, stopTimeout, append(components, g.announce())...)
}

// handlers are the two listeners' routes inside the same edge.
func (g *gateway) handlers() (public, products http.Handler, err error) {
	observer, err := observe.New(g.telemetry)
	if err != nil {
		return nil, nil, err
	}
	routes, err := g.routes()
	if err != nil {
		return nil, nil, err
	}
	proxies, err := g.config.proxies()
	if err != nil {
		return nil, nil, err
	}
	o := edge.Options{
		PublicURL:      g.config.PublicURL,
		AllowedHosts:   g.config.hosts(),
		TrustedProxies: proxies,
		Observer:       observer,
		Problems:       g.problems,
	}
	public, publicErr := edge.Wrap(o, routes)
	products, productsErr := edge.Wrap(o, g.productRoutes())
	return public, products, errors.Join(publicErr, productsErr)
}

func (g *gateway) routes() (http.Handler, error) {
	api, err := rest.New(rest.Options{Clients: g.clients, Sessions: g.sessions, Problems: g.problems})
	if err != nil {
		return nil, err
	}
	people, err := pages.New(pages.Options{
		Clients: g.clients, Sessions: g.sessions, Nonces: g.nonces, Clock: g.clock, Log: g.telemetry.Log,
		PublicURL: g.config.PublicURL,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", people)
	mux.Handle("/v1/", edge.SameSite(g.problems, api))
	mux.HandleFunc("GET /healthz", alive)
	for _, prefix := range []string{"/oauth2/", "/.well-known/", "/docs/"} {
		mux.HandleFunc(prefix, g.notFound)
	}
	oauth.Register(mux, g.oauth())
	if err := docs.Register(mux, g.config.PublicURL); err != nil {
		return nil, err
	}
	return edge.Routes(mux, g.problems), nil
}

// productRoutes are what products reach by their certificate.
func (g *gateway) productRoutes() http.Handler {
	mux := http.NewServeMux()
	oauth.Register(mux, g.oauth())
	return edge.Routes(mux, g.problems)
}

func (g *gateway) oauth() oauth.Options {
	return oauth.Options{
		Tokens:    g.clients.Tokens,
		Problems:  g.problems,
		Clock:     g.clock,
		Issuer:    g.config.Issuer,
		PublicURL: g.config.PublicURL,
		MTLSURL:   g.config.MTLSURL,
	}
}
