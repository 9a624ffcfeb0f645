package gateway

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/aval-access/aval/gateway/internal/authzen"
	"github.com/aval-access/aval/gateway/internal/console"
	"github.com/aval-access/aval/gateway/internal/docs"
	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/gateway/internal/live"
	"github.com/aval-access/aval/gateway/internal/oauth"
	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/pages"
	"github.com/aval-access/aval/gateway/internal/rest"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

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
		PublicURL: g.config.PublicURL, HelpLinks: g.config.HelpLinks,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", people)
	programs := g.programs(api)
	mux.Handle("/v1/", programs)
	mux.Handle("/access/v1/", programs)
	mux.HandleFunc("GET /healthz", alive)
	for _, prefix := range []string{"/oauth2/", "/.well-known/", "/docs/"} {
		mux.HandleFunc(prefix, g.notFound)
	}
	oauth.Register(mux, g.oauth())
	mux.Handle("GET /.well-known/authzen-configuration", programs)
	if err := docs.Register(mux, g.config.PublicURL); err != nil {
		return nil, err
	}
	if err := console.Register(mux, console.Options{Sessions: g.sessions, Problems: g.problems}); err != nil {
		return nil, err
	}
	return edge.Routes(mux, g.problems), nil
}

// programs are the routes of the API, so many requests from one network, and
// none that a browser sends from another site.
func (g *gateway) programs(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api)
	mux.HandleFunc("GET "+live.Route, live.Handler(live.Options{Hub: g.live, Sessions: g.sessions, Problems: g.problems}))
	authzen.Register(mux, authzen.Options{
		Access: g.clients.Access, Problems: g.problems, Base: g.config.PublicURL, Caller: authzen.People(g.sessions),
	})
	return edge.Pace(g.problems, g.clock, g.config.RequestsPerSecond, edge.SameSite(g.problems, edge.Routes(mux, g.problems)))
}

// productRoutes are what products reach by their certificate.
func (g *gateway) productRoutes() http.Handler {
	mux := http.NewServeMux()
	oauth.Register(mux, g.oauth())
	authzen.Register(mux, authzen.Options{
		Access: g.access(), Problems: g.problems, Base: cmp.Or(g.config.MTLSURL, g.config.PublicURL),
		Caller: authzen.Workloads(g.config.PlatformCallers), Searches: true,
	})
	return edge.Routes(mux, g.problems)
}

// access is what products ask: the gateway's own copy, or membership. People ask
// membership, which knows about whom they may.
func (g *gateway) access() membershipv1.AccessServiceClient {
	if g.decisions != nil {
		return g.decisions
	}
	return g.clients.Access
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

// notFound answers programs; for people there is a page.
func (g *gateway) notFound(w http.ResponseWriter, r *http.Request) {
	g.problems.Write(w, r, fault.NotFound())
}
