package ca_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/ca"
)

const consent = "spiffe://aval.local/ns/aval/sa/consent"

func TestSign(t *testing.T) {
	t.Parallel()

	t.Run("the certificate carries the SPIFFE id and chains to the authority", func(t *testing.T) {
		t.Parallel()
		authority, err := ca.New()
		require.NoError(t, err)

		paths, err := authority.WriteWorkload(t.TempDir(), "consent", ca.Request{SPIFFE: consent, DNSNames: []string{"localhost"}})

		require.NoError(t, err)
		svid, err := x509svid.Load(paths.Cert, paths.Key)
		require.NoError(t, err)
		require.Equal(t, consent, svid.ID.String())
		roots := x509.NewCertPool()
		require.True(t, roots.AppendCertsFromPEM(content(t, paths.CA)))
		_, err = svid.Certificates[0].Verify(x509.VerifyOptions{Roots: roots, DNSName: "localhost"})
		require.NoError(t, err)
	})

	t.Run("a certificate lives 24 hours", func(t *testing.T) {
		t.Parallel()
		authority, err := ca.New()
		require.NoError(t, err)

		certPEM, _, err := authority.Sign(ca.Request{SPIFFE: consent})

		require.NoError(t, err)
		require.WithinDuration(t, time.Now().Add(24*time.Hour), parse(t, certPEM).NotAfter, time.Minute)
	})

	t.Run("a name that is no SPIFFE id is refused", func(t *testing.T) {
		t.Parallel()
		authority, err := ca.New()
		require.NoError(t, err)

		_, _, err = authority.Sign(ca.Request{SPIFFE: "https://aval.local/consent"})

		require.Error(t, err)
	})
}

func TestLoad(t *testing.T) {
	t.Parallel()

	t.Run("the second start finds the authority of the first", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := ca.Load(dir)
		require.NoError(t, err)
		made := content(t, filepath.Join(dir, "ca.pem"))

		again, err := ca.Load(dir)
		require.NoError(t, err)
		paths, err := again.WriteWorkload(t.TempDir(), "consent", ca.Request{SPIFFE: consent})

		require.NoError(t, err)
		require.Equal(t, made, content(t, paths.CA))
	})

	t.Run("only the owner reads a key", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		authority, err := ca.Load(dir)
		require.NoError(t, err)

		paths, err := authority.WriteWorkload(dir, "consent", ca.Request{SPIFFE: consent})

		require.NoError(t, err)
		for _, path := range []string{paths.Key, filepath.Join(dir, "ca.key")} {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		}
	})

	t.Run("a key of another authority is refused", func(t *testing.T) {
		t.Parallel()
		dir, other := t.TempDir(), t.TempDir()
		_, err := ca.Load(dir)
		require.NoError(t, err)
		_, err = ca.Load(other)
		require.NoError(t, err)
		require.NoError(t, os.Rename(filepath.Join(other, "ca.key"), filepath.Join(dir, "ca.key")))

		_, err = ca.Load(dir)

		require.ErrorContains(t, err, "not the certificate's")
	})
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	out, err := os.ReadFile(path)
	require.NoError(t, err)
	return out
}

func parse(t *testing.T, certPEM []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(certPEM)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return cert
}
