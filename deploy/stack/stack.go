// Package stack runs all of Aval on real parts: a private Postgres, NATS, a
// private certificate authority, the development mailbox, the five services,
// the gateway and the demo product. They share one process, or, on demand, the
// services and the gateway have one each. The launcher, the end-to-end tests,
// the demo and the benchmarks start the same stack.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/natsboot"
)

const (
	// TrustDomain is the private authority's.
	TrustDomain = "aval.local"
	stopTimeout = 30 * time.Second
	// dialTimeout bounds a call of Dial that has no deadline: a machine under the
	// load of tests may be slow.
	dialTimeout = time.Minute
)

// Options say where a stack keeps its data and where it listens. Dir is
// required.
type Options struct {
	// Dir holds everything that is kept between starts.
	Dir string
	// Addresses are where it listens; a free port of 127.0.0.1 each when empty.
	Addresses Addresses
	// DatabaseURL, NATSURL and SMTPURL take the place of the embedded parts:
	// an administrator's URL of a Postgres cluster, a NATS URL, an SMTP URL.
	DatabaseURL, NATSURL, SMTPURL string
	// Volatile trades durability for speed; for tests alone.
	Volatile bool
	// Factors asks for second factors where a deployment does by default;
	// without, nobody needs one.
	Factors bool
	// Grouping is how long requests wait for each other's mail; 0: each leaves at
	// once, so that whoever tries the story waits for nothing.
	Grouping time.Duration
	// Spans hears every span of every part; may be nil.
	Spans sdktrace.SpanProcessor
	// Progress hears what is being prepared; may be nil.
	Progress func(step string)
	// LogLevel is "WARN" when empty.
	LogLevel string
	// Separate makes every service and the gateway a process of its own, built
	// from this source tree, with a NATS that listens and knows each by its key.
	// Spans then hears nothing: set OTEL_* in Environment, which such a process
	// gets beside its own variables.
	Separate    bool
	Environment []string
	// Output receives what separate processes log; os.Stderr if nil.
	Output io.Writer
	// Restart starts a separate process again whenever it ends.
	Restart bool
	// Replicas is how many processes of a separate stack only decide, beside
	// membership; Replica names them.
	Replicas int
	// DatabaseAddress, if set, gives the address by which a separate program
	// reaches the Postgres that listens at another: by way of a relay.
	DatabaseAddress func(program, address string) string
	// Broker, if set, starts a separate stack's NATS in place of the embedded
	// one: a process that can be killed.
	Broker func(natsboot.Options) (stop func(), err error)
	// BrokerAddress, if set, gives the address by which a separate service
	// reaches the broker that listens at another: by way of a relay.
	BrokerAddress func(service, address string) string
}

// policy is a deployment's own where second factors are asked for.
func (o Options) policy(own string) string {
	if o.Factors {
		return own
	}
	return "none"
}

// Addresses of one stack.
type Addresses struct {
	// HTTP is the gateway's pages and API; Token its OAuth 2.0 endpoint for
	// products, by certificate; Mail the mailbox's pages; Demo the demo product.
	HTTP, Token, Mail, Demo string
	// GRPC holds the services' addresses by name.
	GRPC map[string]string
}

// Stack is a running Aval.
type Stack struct {
	options Options
	parts   *parts
	cancel  context.CancelFunc
	ended   chan struct{}
	err     error // to be read once ended is closed
}

// TempDir makes a folder for a stack that is thrown away: the account that
// Postgres runs as can enter it. What is secret in it has its own mode.
func TempDir(purpose string) (string, error) {
	dir, err := os.MkdirTemp("", "aval-"+purpose+"-")
	if err != nil {
		return "", fmt.Errorf("making a folder: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", fmt.Errorf("opening the folder: %w", errors.Join(err, os.RemoveAll(dir)))
	}
	return dir, nil
}

// Start returns once every part answers. Stop ends it.
func Start(ctx context.Context, o Options) (*Stack, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Output == nil {
		o.Output = os.Stderr
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	parts, err := openParts(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("starting: %w", err)
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Stack{options: o, parts: parts, cancel: cancel, ended: make(chan struct{})}
	ready := make(chan struct{})
	go s.run(run, ready)
	select {
	case <-ready:
		return s, nil
	case <-s.ended:
		return nil, fmt.Errorf("starting: %w", errors.Join(s.err, errors.New("a part ended before it was ready")))
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.Stop())
	}
}

// Ended is closed when a part failed or the stack was stopped.
func (s *Stack) Ended() <-chan struct{} { return s.ended }

// Stop ends all parts in reverse and gives what went wrong while running.
func (s *Stack) Stop() error {
	s.cancel()
	<-s.ended
	return s.err
}

func (s *Stack) run(ctx context.Context, ready chan<- struct{}) {
	defer close(s.ended)
	components := append(s.components(), lifecycle.Announce(func() { close(ready) }))
	s.err = errors.Join(lifecycle.Run(ctx, stopTimeout, components...), s.parts.opened.Close(stopTimeout))
}
