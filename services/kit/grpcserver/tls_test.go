package grpcserver_test

import (
	"crypto/tls"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/authn"
)

// insecure trusts any server and shows no certificate.
func insecure() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
}

// with trusts any server and shows this certificate.
func with(t *testing.T, config authn.TLSConfig) *tls.Config {
	t.Helper()
	certificate, err := tls.LoadX509KeyPair(config.CertFile, config.KeyFile)
	require.NoError(t, err)
	insecure := insecure()
	insecure.Certificates = []tls.Certificate{certificate}
	return insecure
}
