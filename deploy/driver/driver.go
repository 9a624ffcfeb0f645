// Package driver reaches Aval as its callers do: over REST, or over gRPC. Both
// carry the generated clients, so that one list of cases, one demo and one
// benchmark speak to either. A session keeps what signing in gave it and acts
// as that person from then on.
package driver

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"
)

// Transport opens sessions over one protocol.
type Transport interface {
	// Name is "REST" or "gRPC".
	Name() string
	// Session is nobody until it signs in. Languages are "fr" or "en".
	Session(locale string) Session
}

// Session is one caller. It carries generated clients.
type Session interface {
	grpc.ClientConnInterface
}

// HTTPClient is an HTTP client that finds *.localhost on this machine, as
// browsers do, and follows no redirect by itself.
func HTTPClient(jar http.CookieJar) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Client{
		Jar:     jar,
		Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 64,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				host, port, err := net.SplitHostPort(addr)
				if err == nil && strings.HasSuffix(host, "localhost") {
					addr = net.JoinHostPort("127.0.0.1", port)
				}
				return dialer.DialContext(ctx, network, addr)
			},
		},
	}
}
