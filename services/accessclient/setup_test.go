package accessclient_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
)

const (
	// patience bounds what a test waits for.
	patience   = time.Minute
	membership = "spiffe://aval.local/ns/aval/sa/membership"
)

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// authority signs certificates that only its test knows.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	a.cert = &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.cert = a.sign(t, a.cert, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func (a authority) sign(t *testing.T, template *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template.SerialNumber, template.NotBefore = big.NewInt(1), time.Now().Add(-time.Hour)
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return cert
}

// workload is a certificate that names SPIFFE ids.
func workload(t *testing.T, ids ...string) *x509.Certificate {
	t.Helper()
	out := &x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature}
	for _, one := range ids {
		parsed, err := url.Parse(one)
		require.NoError(t, err)
		out.URIs = append(out.URIs, parsed)
	}
	return out
}

// options are those of a product at addr, with fresh files.
func (a authority) options(t *testing.T, addr string) accessclient.Options {
	t.Helper()
	key := newKey(t)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, kind string, text []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: text}), 0o600))
		return path
	}
	return accessclient.Options{
		Target: addr, Server: membership, Timeout: patience, Log: slog.New(slog.DiscardHandler),
		CertFile: write("cert.pem", "CERTIFICATE", a.sign(t, workload(t, "spiffe://aval.local/ns/products/sa/shop"), key).Raw),
		KeyFile:  write("key.pem", "PRIVATE KEY", raw),
		CAFile:   write("ca.pem", "CERTIFICATE", a.cert.Raw),
	}
}

func dial(t *testing.T, o accessclient.Options) *accessclient.Client {
	t.Helper()
	c, err := accessclient.Dial(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// stub stands for a server that may do anything to a stream: what Aval's own
// does is tested beside it.
type stub struct {
	membershipv1.UnimplementedAccessServiceServer
	do func(stream checks) error
}

type checks = grpc.BidiStreamingServer[membershipv1.StreamCheckAccessRequest, membershipv1.StreamCheckAccessResponse]

func (s stub) StreamCheckAccess(stream checks) error { return s.do(stream) }

// serve serves a stub under a certificate.
func (a authority) serve(t *testing.T, shown *x509.Certificate, do func(stream checks) error) (addr string) {
	t.Helper()
	key := newKey(t)
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{
		MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAnyClientCert,
		Certificates: []tls.Certificate{{Certificate: [][]byte{a.sign(t, shown, key).Raw}, PrivateKey: key}},
	})))
	membershipv1.RegisterAccessServiceServer(server, stub{do: do})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-ended)
	})
	return listener.Addr().String()
}

// yes answers each question so.
func yes(stream checks) error {
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(yesTo(request)); err != nil {
			return err
		}
	}
}

func yesTo(request *membershipv1.StreamCheckAccessRequest) *membershipv1.StreamCheckAccessResponse {
	out := &membershipv1.StreamCheckAccessResponse{}
	for range request.GetChecks() {
		out.Results = append(out.Results, &membershipv1.CheckAccessResponse{Allowed: true, Source: accessclient.ByMembership})
	}
	return out
}

func question() accessclient.Question {
	return accessclient.Question{
		Subject: "usr_01jd3q5v8yeznsdr5cvw0y5xkb", Account: "org_01jd3q5v8yeznsdr5cvw0y5xka",
		Feature: "management", Level: accessclient.Guest,
	}
}
