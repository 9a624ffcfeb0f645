package grpctest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/ca"
)

// TrustDomain is the domain of every certificate made here.
const TrustDomain = "aval.local"

// PKI is a fresh authority and the folder of its certificates.
type PKI struct {
	CA  *ca.CA
	dir string
}

// NewPKI makes an authority that only this test knows.
func NewPKI(t testing.TB) *PKI {
	t.Helper()
	authority, err := ca.New()
	require.NoError(t, err)
	return &PKI{CA: authority, dir: t.TempDir()}
}

// ID is the SPIFFE id of a workload in Aval's namespace.
func ID(name string) string {
	return "spiffe://" + TrustDomain + "/ns/aval/sa/" + name
}

// Config makes a certificate for a workload in Aval's namespace, such as
// "gateway", and gives its files as a service's configuration names them.
func (p *PKI) Config(t testing.TB, name string) authn.TLSConfig {
	t.Helper()
	return p.Write(t, name, ca.Request{SPIFFE: ID(name), DNSNames: []string{"localhost"}})
}

// Write makes any certificate, under a file name of its own.
func (p *PKI) Write(t testing.TB, file string, r ca.Request) authn.TLSConfig {
	t.Helper()
	paths, err := p.CA.WriteWorkload(p.dir, file, r)
	require.NoError(t, err)
	return authn.TLSConfig{
		CertFile:    paths.Cert,
		KeyFile:     paths.Key,
		CAFile:      paths.CA,
		TrustDomain: TrustDomain,
	}
}

// MTLS is a workload with a fresh certificate.
func (p *PKI) MTLS(t testing.TB, name string) *authn.MTLS {
	t.Helper()
	m, err := authn.NewMTLS(p.Config(t, name), nil)
	require.NoError(t, err)
	return m
}
