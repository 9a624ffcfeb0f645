// Package bus carries facts between contexts over NATS JetStream: streams by
// owner, CloudEvents in binary mode, a bounded redelivery and a dead-letter
// stream. What is published comes from package outbox; exactly-once effects
// come from package inbox. Postgres is the truth: a bus can be lost and
// refilled.
package bus

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

const (
	// AckTimeout is how long a publisher waits for JetStream.
	AckTimeout = 2 * time.Second
	// requestTimeout bounds calls to JetStream's own API.
	requestTimeout = 5 * time.Second
)

// Config says how to reach the broker: by URL, or in process.
type Config struct {
	// Name of the client, shown by the broker: the service's. Answers to the
	// client come under _INBOX.<Name>, which the broker opens to it alone.
	Name string
	URL  string
	// CredsFile is the path of the service's credentials; none if empty.
	CredsFile string
	// Seed is of the service's nkey, where it has one; none if empty.
	Seed string
	// CAFile holds the authorities of the broker's certificate; TLS is then
	// required. The system's authorities if empty.
	CAFile string
	// InProcess, when set, is used in place of the URL.
	InProcess nats.InProcessConnProvider
}

// Conn is a connection to the broker. Safe for concurrent use.
type Conn struct {
	nc *nats.Conn
	js jetstream.JetStream
}

// Connect answers at once, even when the broker is down: the connection is
// then made as soon as it can be.
func Connect(c Config) (*Conn, error) {
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	nc, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("connecting to nats: %w", err)
	}
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncTimeout(AckTimeout), jetstream.WithDefaultTimeout(requestTimeout))
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("opening jetstream: %w", err)
	}
	return &Conn{nc: nc, js: js}, nil
}

// JS is the JetStream of the connection.
func (c *Conn) JS() jetstream.JetStream { return c.js }

// Close ends the connection; what is in flight is lost and delivered again.
func (c *Conn) Close() { c.nc.Close() }

func (c Config) options() ([]nats.Option, error) {
	options := []nats.Option{
		nats.Name(c.Name),
		nats.CustomInboxPrefix("_INBOX." + cmp.Or(c.Name, "client")),
		nats.MaxReconnects(-1),
		// What the broker says of its own address may be another network's.
		nats.IgnoreDiscoveredServers(),
		nats.RetryOnFailedConnect(true),
		nats.ReconnectJitter(200*time.Millisecond, time.Second),
	}
	if c.CredsFile != "" {
		options = append(options, nats.UserCredentials(c.CredsFile))
	}
	if c.CAFile != "" {
		options = append(options, nats.RootCAs(c.CAFile))
	}
	if c.InProcess != nil {
		options = append(options, nats.InProcessServer(c.InProcess))
	}
	if c.Seed == "" {
		return options, nil
	}
	signed, err := signing(c.Seed)
	return append(options, signed), err
}

// signing proves the possession of an nkey; the seed is never sent.
func signing(seed string) (nats.Option, error) {
	pair, err := nkeys.FromSeed([]byte(seed))
	if err != nil {
		return nil, errors.New("reading the nats seed: malformed")
	}
	public, err := pair.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("reading the nats seed: %w", err)
	}
	return nats.Nkey(public, pair.Sign), nil
}
