package stack

import (
	"fmt"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// URL is the gateway's, for browsers and REST. An address cannot be a WebAuthn
// relying party, so it is a name.
func (s *Stack) URL() string { return s.parts.publicURL() }

// MailURL is the development mailbox's. Cookies ignore ports: it has a name of
// its own.
func (s *Stack) MailURL() string { return s.parts.named("mail.localhost", "mailbox") }

// DemoURL is the demo product's.
func (s *Stack) DemoURL() string { return s.parts.named("demo.localhost", "demo") }

// ProductURL is the gateway's for products, by certificate.
func (s *Stack) ProductURL() string { return "https://localhost:" + s.parts.port("token") }

// TokenURL is its OAuth 2.0 endpoint.
func (s *Stack) TokenURL() string { return s.ProductURL() + "/oauth2/token" }

// Address of a service's gRPC server.
func (s *Stack) Address(service string) string { return s.parts.address(service) }

// LocalName is Address by the name that the certificates carry.
func (s *Stack) LocalName(service string) string { return "localhost:" + s.parts.port(service) }

// OpsURL is the base of health and metrics of a service or the gateway; a
// separate stack alone has one.
func (s *Stack) OpsURL(program string) string { return s.parts.opsURL(program) }

// Certificate of a workload of this stack.
func (s *Stack) Certificate(workload string) ca.Paths { return s.parts.certs[workload] }

// Database gives the URLs of a service's roles in its own database.
func (s *Stack) Database(service string) pg.URLs { return s.parts.urls[service] }

// Dir is where everything is kept: certificates, signing keys, mails.
func (s *Stack) Dir() string { return s.parts.dir }

// Dial connects to a service, or to one of its replicas, as one of the stack's
// workloads.
func (s *Stack) Dial(workload, service string) (*grpc.ClientConn, error) {
	return s.DialBy(s.Address(service), workload, service)
}

// DialBy is Dial by way of another address.
func (s *Stack) DialBy(address, workload, service string) (*grpc.ClientConn, error) {
	paths := s.Certificate(workload)
	quiet := telemetry.Discard()
	mtls, err := authn.NewMTLS(authn.TLSConfig{CertFile: paths.Cert, KeyFile: paths.Key, CAFile: paths.CA, TrustDomain: TrustDomain}, quiet.Log)
	if err != nil {
		return nil, fmt.Errorf("connecting as %s: %w", workload, err)
	}
	return grpcclient.Dial(address, grpcclient.Options{
		TLS: mtls, Server: SPIFFEID(workloadOf(service)), Telemetry: quiet, Timeout: dialTimeout,
	})
}
