package accessclient

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const (
	// defaultTimeout is the deadline of a check that has none.
	defaultTimeout = 2 * time.Second
	// waiting is how many calls may wait to be sent; more wait to wait.
	waiting = 1024

	// A connection is tried again after about 0.1 s, then later and later, up to
	// about a second.
	firstBackoff, growth, jitter, longestBackoff = 100 * time.Millisecond, 1.6, 0.2, time.Second
	// longestConnect bounds one try.
	longestConnect = 3 * time.Second
	// A connection that is silent for pingAfter is asked whether it lives, and
	// given up when it says nothing, or takes nothing in, for pingWait.
	pingAfter, pingWait = 10 * time.Second, 2 * time.Second

	// balanced spreads streams over every address that the target resolves to.
	balanced = `{"loadBalancingConfig":[{"round_robin":{}}]}`
)

// Options say how to reach Aval. Target, the files and Server are required.
type Options struct {
	// Target is where membership answers, such as "dns:///membership:8443".
	Target string
	// CertFile and KeyFile are the caller's own certificate, with its SPIFFE id,
	// and CAFile the authorities of the trust domain, all PEM. They are read
	// again when they change.
	CertFile, KeyFile, CAFile string
	// Server is the SPIFFE id that the server must show, such as
	// "spiffe://aval.local/ns/aval/sa/membership".
	Server string
	// Timeout bounds a call that has no earlier deadline; zero for 2 s.
	Timeout time.Duration
	// Meter and Tracer take metrics and spans; nil: otel's global ones.
	Meter  metric.MeterProvider
	Tracer trace.TracerProvider
	// Log hears of lost streams and unreadable certificates; nil: slog.Default.
	Log *slog.Logger
}

func (o Options) complete() Options {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	if o.Meter == nil {
		o.Meter = otel.GetMeterProvider()
	}
	if o.Tracer == nil {
		o.Tracer = otel.GetTracerProvider()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Client asks a server. Checks that are made at the same time travel together.
// Safe for concurrent use; a process needs one.
type Client struct {
	options Options
	conn    *grpc.ClientConn
	access  membershipv1.AccessServiceClient
	signals *signals
	queue   chan *asked
	life    time.Duration // of a stream
	stop    context.CancelFunc
	ended   chan struct{}
}

// Dial makes a client, which lives until Close, or until ctx ends. It fails where
// the files are not usable, and does not wait for a connection: that is made when
// there is something to ask, and again whenever it was lost.
func Dial(ctx context.Context, o Options) (*Client, error) {
	o = o.complete()
	identity, err := newIdentity(o)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", o.Target, err)
	}
	signals, err := newSignals(o)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", o.Target, err)
	}
	conn, err := grpc.NewClient(o.Target,
		grpc.WithTransportCredentials(credentials.NewTLS(identity.config())),
		grpc.WithDefaultServiceConfig(balanced),
		grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{
				BaseDelay: firstBackoff, Multiplier: growth, Jitter: jitter, MaxDelay: longestBackoff,
			},
			MinConnectTimeout: longestConnect,
		}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingWait}),
	)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", o.Target, err)
	}
	c := &Client{
		options: o, conn: conn, access: membershipv1.NewAccessServiceClient(conn), signals: signals,
		queue: make(chan *asked, waiting), life: streamLife, ended: make(chan struct{}),
	}
	ctx, c.stop = context.WithCancel(ctx)
	go func() {
		defer close(c.ended)
		c.run(ctx)
	}()
	return c, nil
}

// Conn is the client's connection, for a Replica; Close ends it.
func (c *Client) Conn() grpc.ClientConnInterface { return c.conn }

// Close ends the client. Checks that wait get ErrUnavailable.
func (c *Client) Close() error {
	c.stop()
	<-c.ended
	if err := c.conn.Close(); err != nil {
		return fmt.Errorf("closing the connection to %s: %w", c.options.Target, err)
	}
	return nil
}
