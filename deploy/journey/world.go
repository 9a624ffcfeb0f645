// Package journey plays the main journey on a running Aval, step by step, as
// its people do: invitations and consent requests are read from real mails,
// people act over REST or gRPC, the operator and the product by their
// certificates. The launcher's demo data, the demo, the end-to-end tests and
// the benchmarks are made of these steps.
package journey

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"time"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/stack"
)

// mailPatience bounds the wait for one mail.
const mailPatience = 30 * time.Second

// World is a running Aval as seen from outside.
type World struct {
	// Transport is how people act.
	Transport driver.Transport
	// Operator and Product hold connections to the services by name, with the
	// operator's and the demo product's certificates.
	Operator, Product map[string]grpc.ClientConnInterface
	// Mail is the development mailbox's address.
	Mail string
	// Locale of the people.
	Locale string

	conns []*grpc.ClientConn
}

// Transports gives both ways to reach a stack, and what closes them.
func Transports(s *stack.Stack) (rest driver.REST, edge driver.GRPC, err error) {
	conns, err := dialAll(s, "gateway")
	return driver.REST{URL: s.URL()}, driver.GRPC{Conns: conns}, err
}

// NewWorld connects to a stack.
func NewWorld(s *stack.Stack, t driver.Transport) (World, error) {
	operator, err := dialAll(s, stack.Operator)
	if err != nil {
		return World{}, err
	}
	product, err := dialAll(s, stack.DemoProduct)
	if err != nil {
		return World{}, err
	}
	w := World{Transport: t, Mail: s.MailURL(), Locale: "fr"}
	w.Operator, w.Product = w.keep(operator), w.keep(product)
	return w, nil
}

// keep remembers connections for Close.
func (w *World) keep(conns map[string]*grpc.ClientConn) map[string]grpc.ClientConnInterface {
	out := map[string]grpc.ClientConnInterface{}
	for name, conn := range conns {
		w.conns = append(w.conns, conn)
		out[name] = conn
	}
	return out
}

// Close ends the connections.
func (w World) Close() {
	for _, conn := range w.conns {
		_ = conn.Close()
	}
}

func dialAll(s *stack.Stack, workload string) (map[string]*grpc.ClientConn, error) {
	conns := map[string]*grpc.ClientConn{}
	for _, service := range stack.Services {
		conn, err := s.Dial(workload, service)
		if err != nil {
			return nil, err
		}
		conns[service] = conn
	}
	return conns, nil
}

// Person is somebody with an address, a password and a session.
type Person struct {
	driver.Session
	Email, Password       string
	GivenName, FamilyName string
	UserID                string
}

// Name is the person's first and family name.
func (p Person) Name() string { return p.GivenName + " " + p.FamilyName }

// TokenOf takes the one-time token out of a mailed link.
func TokenOf(link string) (string, error) {
	parsed, err := url.Parse(link)
	if err != nil || path.Base(parsed.Path) == "." || path.Base(parsed.Path) == "/" {
		return "", fmt.Errorf("no token in the link %q", link)
	}
	return path.Base(parsed.Path), nil
}

type patienceKey struct{}

// WithPatience lets the steps under ctx wait longer than usual for what comes
// by mail or event.
func WithPatience(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, d)
}

func patience(ctx context.Context) time.Duration {
	if d, ok := ctx.Value(patienceKey{}).(time.Duration); ok {
		return d
	}
	return mailPatience
}

// bounded gives a step its own deadline.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience(ctx))
}
