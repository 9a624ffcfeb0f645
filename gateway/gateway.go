// Package gateway is the HTTP edge of Aval: pages for people, JSON for
// programs, OAuth 2.0 for products. It owns no data and takes no decision: the
// five services behind it do.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/aval-access/aval/gateway/internal/pages"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/seal"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// Config is read from variables named AVAL_GATEWAY_….
type Config struct {
	telemetry.Config
	authn.TLSConfig
	// Listener and MTLSListener are given by a launcher that chose the
	// addresses itself.
	Listener, MTLSListener net.Listener `env:"-"`
	// InProcessNATS is given by a launcher that holds the broker itself.
	InProcessNATS nats.InProcessConnProvider `env:"-"`
	// Spans hears every span, beside what the OTEL_* variables export; may be nil.
	Spans sdktrace.SpanProcessor `env:"-"`
	// OnReady is called once both listeners answer; may be nil.
	OnReady func() `env:"-"`

	Addr     string `env:"ADDR" envDefault:":8080" doc:"Address of pages and API, in plain HTTP: a proxy ends TLS."`
	MTLSAddr string `env:"MTLS_ADDR" envDefault:":8444" doc:"Address of the token endpoint for products (mutual TLS)."`
	OpsAddr  string `env:"OPS_ADDR" doc:"Address of health and metrics in plain HTTP; none when empty."`

	PublicURL      string   `env:"PUBLIC_URL,required" doc:"Base of every link, such as https://aval.example.com; requests for another host get 421."`
	MTLSURL        string   `env:"MTLS_URL" doc:"Base under which products reach MTLS_ADDR: its host is allowed, and the OAuth metadata name it."`
	AllowedHosts   []string `env:"ALLOWED_HOSTS" doc:"Further hosts that requests may be for, with the port where there is one."`
	TrustedProxies []string `env:"TRUSTED_PROXIES" doc:"Networks (CIDR) of proxies whose X-Forwarded-For is believed."`

	RequestsPerSecond int `env:"REQUESTS_PER_SECOND" envDefault:"100" doc:"Requests to the API from one network (/32, /56), at once and in a second, before one waits; 0: any number. Each process counts for itself."`

	Peers  map[string]string `env:"PEERS,required" envKeyValSeparator:"=" doc:"The services' addresses: identity=dns:///identity:8443,membership=…"`
	Issuer string            `env:"ISSUER,required" doc:"Issuer of people's tokens, as in their iss."`

	NATSURL   config.Secret `env:"NATS_URL" doc:"NATS URL, to tell open pages that something changed; without it they look again and again."`
	NATSSeed  config.Secret `env:"NATS_SEED" doc:"Seed of the gateway's own NATS nkey."`
	NATSCreds string        `env:"NATS_CREDS" doc:"File of the gateway's own NATS credentials."`
	NATSCA    string        `env:"NATS_CA" doc:"File of the authorities of the NATS server (PEM); TLS is then required. The system's when empty."`

	PlatformCallers []string `env:"PLATFORM_CALLERS" doc:"SPIFFE ids of platform teams' products, which may ask MTLS_ADDR for decisions."`

	EmbedDecisions bool `env:"EMBED_DECISIONS" doc:"Keep a copy of all access decisions in memory (about 50 bytes a membership or grant), from which MTLS_ADDR answers evaluations; each must then reach it, or wait up to 2 s, to end."`

	HelpLinks map[string]string `env:"HELP_LINKS" envKeyValSeparator:"=" doc:"Pages of help outside Aval, named below every page: partner_space=https://…,white_label=…,become_partner=…,customer_service=…"`

	PageKey config.Secret `env:"PAGE_KEY,required" doc:"Base64 of 32 random bytes or more; seals forms."`
}

// Validate tells every mistake that the types let through.
func (c Config) Validate() error {
	_, keyErr := c.formKey()
	_, proxyErr := c.proxies()
	return errors.Join(checkBase("PUBLIC_URL", c.PublicURL), c.checkMTLSURL(), c.checkHelpLinks(), c.checkPace(), keyErr, proxyErr)
}

func (c Config) checkPace() error {
	if c.RequestsPerSecond < 0 {
		return errors.New("REQUESTS_PER_SECOND must not be negative")
	}
	return nil
}

// Run serves until ctx ends.
func Run(ctx context.Context, c Config) error {
	g, err := open(ctx, c)
	if err != nil {
		return fmt.Errorf("opening the gateway: %w", err)
	}
	return errors.Join(g.run(ctx), g.opened.Close(stopTimeout))
}

func (c Config) checkMTLSURL() error {
	if c.MTLSURL == "" {
		return nil
	}
	return checkBase("MTLS_URL", c.MTLSURL)
}

func (c Config) checkHelpLinks() error {
	for name, text := range c.HelpLinks {
		if !slices.Contains(pages.HelpLinks(), name) {
			return fmt.Errorf("HELP_LINKS: %q is none of %s", name, strings.Join(pages.HelpLinks(), ", "))
		}
		if link, err := url.Parse(text); err != nil || link.Host == "" || link.Scheme != "https" {
			return fmt.Errorf("HELP_LINKS: %s must be an address that begins with https://", name)
		}
	}
	return nil
}

// checkBase wants what links can be appended to.
func checkBase(name, text string) error {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.HasSuffix(text, "/") || base.RawQuery != "" {
		return fmt.Errorf("%s must be a scheme and a host, without a slash at the end: %q", name, text)
	}
	return nil
}

// hosts are all values of Host that are ours.
func (c Config) hosts() []string {
	out := slices.Clone(c.AllowedHosts)
	if base, err := url.Parse(c.MTLSURL); err == nil && base.Host != "" {
		out = append(out, base.Host)
	}
	return out
}

func (c Config) formKey() ([]byte, error) {
	key, err := seal.Key(c.PageKey)
	if err != nil {
		return nil, fmt.Errorf("PAGE_KEY: %w", err)
	}
	return key, nil
}

func (c Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range c.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("TRUSTED_PROXIES: %q is no network such as 10.0.0.0/8", text)
		}
		out = append(out, network)
	}
	return out, nil
}
