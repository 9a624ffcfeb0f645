// Package host is what the process of a service stands on: configuration,
// telemetry, certificates, database, event bus, connections to its siblings
// and its server, opened in one place and closed in reverse. What a service
// does with them is its own business.
package host

import (
	"fmt"
	"net"

	"github.com/nats-io/nats.go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/seal"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// provisioner is the broker's user who makes streams and consumers; answers to
// it come under _INBOX.prov.
const provisioner = "prov"

// Config is the part of its configuration that a service shares with all
// others. Embed it first.
type Config struct {
	telemetry.Config
	authn.TLSConfig
	// Listener is given by a launcher that chose the address itself.
	Listener net.Listener `env:"-"`
	// InProcessNATS is given by a launcher that holds the broker itself.
	InProcessNATS nats.InProcessConnProvider `env:"-"`
	// Spans hears every span, beside what the OTEL_* variables export; may be nil.
	Spans sdktrace.SpanProcessor `env:"-"`
	// OnReady is called once the service answers; may be nil.
	OnReady func() `env:"-"`

	Addr    string `env:"ADDR" envDefault:":8443" doc:"Address of the gRPC server (mutual TLS)."`
	OpsAddr string `env:"OPS_ADDR" doc:"Address of health and metrics in plain HTTP; none when empty."`

	DatabaseURL        config.Secret `env:"DATABASE_URL,required" doc:"Postgres URL of the application role, under row-level security."`
	SystemDatabaseURL  config.Secret `env:"SYSTEM_DATABASE_URL,required" doc:"Postgres URL of the system role, for jobs and cascades."`
	MigrateDatabaseURL config.Secret `env:"MIGRATE_DATABASE_URL" doc:"Postgres URL of the migration role; only the migrate command needs it."`
	DatabaseMaxConns   int32         `env:"DATABASE_MAX_CONNS" envDefault:"10" doc:"Connections of each of the three pools."`

	NATSURL          config.Secret `env:"NATS_URL" doc:"NATS URL; with the service's own credentials, unless they come by one of the next two."`
	NATSSeed         config.Secret `env:"NATS_SEED" doc:"Seed of the service's own NATS nkey."`
	NATSCreds        string        `env:"NATS_CREDS" doc:"File of the service's own NATS credentials."`
	NATSCA           string        `env:"NATS_CA" doc:"File of the authorities of the NATS server (PEM); TLS is then required. The system's when empty."`
	MigrateNATSSeed  config.Secret `env:"MIGRATE_NATS_SEED" doc:"Seed of the provisioner's NATS nkey; only the migrate command needs it."`
	MigrateNATSCreds string        `env:"MIGRATE_NATS_CREDS" doc:"File of the provisioner's NATS credentials, likewise."`

	Peers  map[string]string `env:"PEERS" envKeyValSeparator:"=" doc:"The siblings' addresses: identity=dns:///identity:8443,membership=…"`
	Issuer string            `env:"ISSUER,required" doc:"Issuer of people's tokens, as in their iss."`

	PlatformCallers []string      `env:"PLATFORM_CALLERS" doc:"SPIFFE ids of platform teams' products."`
	Operators       []string      `env:"OPERATORS" doc:"SPIFFE ids of operators."`
	PageKey         config.Secret `env:"PAGE_KEY,required" doc:"Base64 of 32 random bytes or more; seals what comes back: page tokens, known devices."`
}

// Shared is the part itself, seen from a configuration that embeds it.
func (c Config) Shared() Config { return c }

// bus says how to reach the broker as the service.
func (c Config) bus(name string) bus.Config {
	return bus.Config{
		Name: name, URL: c.NATSURL.Reveal(), InProcess: c.InProcessNATS,
		CredsFile: c.NATSCreds, Seed: c.NATSSeed.Reveal(), CAFile: c.NATSCA,
	}
}

// provisionerBus says how to reach the broker as who makes streams and
// consumers: the service itself, where the broker knows no users.
func (c Config) provisionerBus() bus.Config {
	b := c.bus(provisioner)
	if c.MigrateNATSCreds != "" || !c.MigrateNATSSeed.IsZero() {
		b.CredsFile, b.Seed = c.MigrateNATSCreds, c.MigrateNATSSeed.Reveal()
	}
	return b
}

// SealingKey reads PAGE_KEY, out of which a key per purpose is derived.
func (c Config) SealingKey() ([]byte, error) {
	key, err := seal.Key(c.PageKey)
	if err != nil {
		return nil, fmt.Errorf("reading PAGE_KEY: %w", err)
	}
	return key, nil
}
