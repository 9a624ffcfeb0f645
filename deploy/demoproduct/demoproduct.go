// Package demoproduct is an application such as a platform team would own:
// invoices, contacts, accounting entries and bank details of client companies.
// It shows all that a product does to let a partner's support in: it redeems
// the one-time code with its own certificate, verifies the token, asks the
// decision at each page, records what was done, and shows whose account this
// is. It keeps its visits in memory and its data invented.
package demoproduct

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const (
	readHeaderTimeout = 5 * time.Second
	// checkTimeout is how long a person would wait for a page.
	checkTimeout = 10 * time.Second
)

// Config says where the product listens and where Aval is.
type Config struct {
	Listener net.Listener
	// PublicURL is the product's own address: the audience of its tokens.
	PublicURL string
	// Issuer of the tokens; its JWKS is at Issuer/.well-known/jwks.json.
	Issuer string
	// PartnerURL is where people go when a visit is over.
	PartnerURL string
	// TokenURL is the OAuth 2.0 token endpoint that knows certificates.
	TokenURL    string
	Certificate ca.Paths
	TrustDomain string
	// Membership, Consent and Support are gRPC addresses.
	Membership, Consent, Support string
	// OnReady is called once it listens.
	OnReady func()
}

type product struct {
	config   Config
	log      *slog.Logger
	tokens   *tokens
	visits   *visits
	access   *accessclient.Client
	history  consentv1.HistoryServiceClient
	sessions partnersupportv1.SupportSessionServiceClient
}

// Run serves until ctx ends.
func Run(ctx context.Context, c Config) error {
	p, closeAll, err := open(ctx, c)
	if err != nil {
		return fmt.Errorf("starting the demo product: %w", err)
	}
	defer closeAll()
	server := &http.Server{Handler: p.routes(), ReadHeaderTimeout: readHeaderTimeout}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(c.Listener) }()
	c.OnReady()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the demo product: %w", err)
	case <-ctx.Done():
	}
	err = server.Close()
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func open(ctx context.Context, c Config) (*product, func(), error) {
	quiet := telemetry.Discard()
	mtls, err := authn.NewMTLS(authn.TLSConfig{
		CertFile: c.Certificate.Cert, KeyFile: c.Certificate.Key, CAFile: c.Certificate.CA, TrustDomain: c.TrustDomain,
	}, quiet.Log)
	if err != nil {
		return nil, nil, err
	}
	aval := dialled{mtls: mtls, quiet: quiet}
	p := &product{
		config:   c,
		log:      slog.With("service", "demo-product"),
		visits:   newVisits(),
		history:  consentv1.NewHistoryServiceClient(aval.dial(c.Consent, "consent")),
		sessions: partnersupportv1.NewSupportSessionServiceClient(aval.dial(c.Support, "partnersupport")),
	}
	p.tokens, err = newTokens(c, mtls)
	if err = errors.Join(aval.err, err); err == nil {
		p.access, err = accessclient.Dial(ctx, accessclient.Options{
			Target: c.Membership, Server: mtls.ServiceID("membership"), Timeout: checkTimeout, Log: p.log,
			CertFile: c.Certificate.Cert, KeyFile: c.Certificate.Key, CAFile: c.Certificate.CA,
		})
	}
	if err != nil {
		aval.close()
		return nil, nil, err
	}
	return p, func() { _ = p.access.Close(); aval.close() }, nil
}

// dialled are the connections to Aval's services, and the first failure to make
// one.
type dialled struct {
	mtls  *authn.MTLS
	quiet *telemetry.Telemetry
	conns []*grpc.ClientConn
	err   error
}

func (d *dialled) dial(addr, service string) *grpc.ClientConn {
	if d.err != nil {
		return nil
	}
	conn, err := grpcclient.Dial(addr, grpcclient.Options{TLS: d.mtls, Server: d.mtls.ServiceID(service), Telemetry: d.quiet})
	if err != nil {
		d.err = err
		return nil
	}
	d.conns = append(d.conns, conn)
	return conn
}

func (d *dialled) close() {
	for _, conn := range d.conns {
		_ = conn.Close()
	}
}
