// Package edge is what every HTTP request meets before any route: its id, its
// observation, the host it may be for, headers and bodies within bounds, and
// the headers that protect a browser. What a route answers is none of its
// business.
package edge

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/problem"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 256 << 10

// Options say whose requests the edge takes.
type Options struct {
	// PublicURL is the only base of links; its host is allowed.
	PublicURL string
	// AllowedHosts are further values of Host, with the port where there is one.
	AllowedHosts []string
	// TrustedProxies are those whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	Observer       *observe.Observer
	Problems       *problem.Writer
}

// Wrap puts the edge around the routes.
func Wrap(o Options, routes http.Handler) (http.Handler, error) {
	public, err := url.Parse(o.PublicURL)
	if err != nil || public.Host == "" {
		return nil, fmt.Errorf("reading the public URL %q: it needs a scheme and a host", o.PublicURL)
	}
	e := &edge{options: o, hosts: hostSet(append(o.AllowedHosts, public.Host)), secure: public.Scheme == "https"}
	// From the inside out: the last one stands outermost.
	handler := http.MaxBytesHandler(routes, maxBody)
	handler = e.cleanHeaders(handler)
	handler = e.knownHost(handler)
	handler = e.protect(handler)
	handler = e.recovered(handler)
	handler = o.Observer.Handler(handler)
	return e.identify(handler), nil
}

type edge struct {
	options Options
	hosts   map[string]bool
	secure  bool
}
