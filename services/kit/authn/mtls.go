package authn

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
)

// TLSConfig names the files of a workload's certificate. Embed it in a
// service's configuration.
type TLSConfig struct {
	// CertFile is the PEM chain with the SPIFFE id, the workload's own first.
	CertFile string `env:"TLS_CERT,required" doc:"File of this workload's certificate chain (PEM, with its SPIFFE id)."`
	// KeyFile is the PEM private key.
	KeyFile string `env:"TLS_KEY,required" doc:"File of its private key (PEM)."`
	// CAFile is the PEM bundle of the trust domain's authorities.
	CAFile string `env:"TLS_CA,required" doc:"File of the authorities that are trusted (PEM)."`
	// TrustDomain is the one whose workloads may connect.
	TrustDomain string `env:"TRUST_DOMAIN" envDefault:"aval.local" doc:"SPIFFE trust domain of all workloads."`
}

// MTLS makes the two TLS configurations of a workload. Its files are read
// again when they change, looked at no more than once a second and only at a
// handshake. It is safe for concurrent use.
type MTLS struct {
	domain spiffeid.TrustDomain
	files  *fileSource
}

// NewMTLS reads the files once and fails when they are not usable. Later, files
// that cannot be read are logged, and the last good ones stay in use.
func NewMTLS(config TLSConfig, log *slog.Logger) (*MTLS, error) {
	domain, err := spiffeid.TrustDomainFromString(config.TrustDomain)
	if err != nil {
		return nil, fmt.Errorf("reading the trust domain %q: %w", config.TrustDomain, err)
	}
	files, err := newFileSource(config, domain, log)
	if err != nil {
		return nil, fmt.Errorf("loading the workload's certificate: %w", err)
	}
	return &MTLS{domain: domain, files: files}, nil
}

// ID is this workload's own SPIFFE id.
func (m *MTLS) ID() string { return m.files.current().svid.ID.String() }

// ServiceID is the SPIFFE id of one of Aval's own services.
func (m *MTLS) ServiceID(name string) string {
	return fmt.Sprintf("spiffe://%s/ns/%s/sa/%s", m.domain.Name(), namespace, name)
}

// ServerTLS demands a certificate of the trust domain from every client.
func (m *MTLS) ServerTLS() *tls.Config {
	config := tlsconfig.MTLSServerConfig(m.files, m.files, tlsconfig.AuthorizeMemberOf(m.domain))
	config.MinVersion = tls.VersionTLS13
	// A resumed session would skip the check of the certificate.
	config.SessionTicketsDisabled = true
	return config
}

// ClientTLS connects only to the workload with this exact SPIFFE id.
func (m *MTLS) ClientTLS(server string) (*tls.Config, error) {
	expected, err := spiffeid.FromString(server)
	if err != nil {
		return nil, fmt.Errorf("reading the server's SPIFFE id %q: %w", server, err)
	}
	if !expected.MemberOf(m.domain) {
		return nil, errors.New("the server's SPIFFE id is of another trust domain")
	}
	config := tlsconfig.MTLSClientConfig(m.files, m.files, tlsconfig.AuthorizeID(expected))
	config.MinVersion = tls.VersionTLS13
	return config, nil
}
