package stack

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/aval-access/aval/services/consent"
	"github.com/aval-access/aval/services/identity"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/membership"
	"github.com/aval-access/aval/services/notification"
	"github.com/aval-access/aval/services/partnersupport"
)

// service is one context with its configuration read from the variables that
// it would get as a process of its own.
type service struct {
	name    string
	migrate func(context.Context) error
	run     lifecycle.Component
}

type definition[C any] struct {
	name         string
	base         func(*C) *host.Config
	run, migrate func(context.Context, C) error
}

func define[C any](p *parts, o Options, d definition[C]) (service, error) {
	cfg, err := config.ParseFrom[C](prefix(d.name), p.variables(d.name, o))
	if err != nil {
		return service{}, fmt.Errorf("configuring %s: %w", d.name, err)
	}
	base := d.base(&cfg)
	base.Listener, base.InProcessNATS, base.Spans = p.listeners[d.name], p.nats, o.Spans
	return service{
		name:    d.name,
		migrate: func(ctx context.Context) error { return d.migrate(ctx, cfg) },
		run: lifecycle.Component{Name: d.name, Run: func(ctx context.Context, ready func()) error {
			own := cfg
			d.base(&own).OnReady = ready
			return d.run(ctx, own)
		}},
	}, nil
}

func (p *parts) services(o Options) ([]service, error) {
	var all []service
	var err error
	add := func(s service, failed error) {
		all = append(all, s)
		if err == nil {
			err = failed
		}
	}
	add(define(p, o, definition[identity.Config]{"identity", func(c *identity.Config) *host.Config { return &c.Config }, identity.Run, identity.Migrate}))
	add(define(p, o, definition[membership.Config]{"membership", func(c *membership.Config) *host.Config { return &c.Config }, membership.Run, membership.Migrate}))
	add(define(p, o, definition[partnersupport.Config]{"partnersupport", func(c *partnersupport.Config) *host.Config { return &c.Config }, partnersupport.Run, partnersupport.Migrate}))
	add(define(p, o, definition[consent.Config]{"consent", func(c *consent.Config) *host.Config { return &c.Config }, consent.Run, consent.Migrate}))
	add(define(p, o, definition[notification.Config]{"notification", func(c *notification.Config) *host.Config { return &c.Config }, notification.Run, notification.Migrate}))
	return all, err
}

// migrateAll brings the databases up side by side.
func migrateAll(ctx context.Context, services []service) error {
	var wg sync.WaitGroup
	failed := make(chan error, len(services))
	for _, s := range services {
		wg.Go(func() {
			if err := s.migrate(ctx); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed
}

func prefix(name string) string { return "AVAL_" + strings.ToUpper(name) + "_" }

// variables are what a deployment would set for one service.
func (p *parts) variables(name string, o Options) map[string]string {
	out := map[string]string{}
	set := func(key, value string) { out[prefix(name)+key] = value }
	set("LOG_FORMAT", "text")
	set("LOG_LEVEL", orDefault(o.LogLevel, "WARN"))
	set("TLS_CERT", p.certs[name].Cert)
	set("TLS_KEY", p.certs[name].Key)
	set("TLS_CA", p.certs[name].CA)
	set("TRUST_DOMAIN", TrustDomain)
	set("DATABASE_URL", p.urls[name].App)
	set("SYSTEM_DATABASE_URL", p.urls[name].System)
	set("MIGRATE_DATABASE_URL", p.urls[name].Migrate)
	set("NATS_URL", o.NATSURL)
	set("PEERS", p.peers())
	set("ISSUER", p.publicURL())
	set("PLATFORM_CALLERS", SPIFFEID(DemoProduct))
	set("OPERATORS", SPIFFEID(Operator))
	set("PAGE_KEY", p.secrets.PageKey)
	switch name {
	case "identity":
		set("PEPPER", p.secrets.Pepper)
		set("SIGNING_KEYS_DIR", filepath.Join(p.dir, "keys"))
	case "notification":
		set("SMTP_URL", orDefault(o.SMTPURL, "smtp://"+p.listeners["smtp"].Addr().String()+"?tls=none"))
		set("PUBLIC_URL", p.publicURL())
		set("MAIL_FROM", "Aval <aval@aval.localhost>")
	}
	return out
}

// gatewayVariables are what a deployment would set for the gateway.
func (p *parts) gatewayVariables(o Options) map[string]string {
	out := p.variables("gateway", o)
	out[prefix("gateway")+"PUBLIC_URL"] = p.publicURL()
	out[prefix("gateway")+"MTLS_URL"] = "https://localhost:" + p.port("token")
	return out
}

func (p *parts) peers() string {
	var list []string
	for _, name := range Services {
		list = append(list, name+"="+p.listeners[name].Addr().String())
	}
	return strings.Join(list, ",")
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
