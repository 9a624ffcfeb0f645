package authn_test

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/grpctest"
)

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	pki := grpctest.NewPKI(t)
	server := pki.MTLS(t, "consent")

	t.Run("two workloads of the domain connect with TLS 1.3", func(t *testing.T) {
		t.Parallel()
		state, err := handshake(t, server, pki.MTLS(t, "gateway"), grpctest.ID("consent"))
		require.NoError(t, err)
		require.Equal(t, uint16(tls.VersionTLS13), state.Version)
	})

	t.Run("a server that is another workload is refused", func(t *testing.T) {
		t.Parallel()
		_, err := handshake(t, server, pki.MTLS(t, "gateway"), grpctest.ID("identity"))
		require.Error(t, err)
	})

	t.Run("a certificate of another authority is refused", func(t *testing.T) {
		t.Parallel()
		stranger := grpctest.NewPKI(t)
		config := stranger.Config(t, "gateway")
		config.CAFile = pki.Config(t, "unused").CAFile
		client, err := authn.NewMTLS(config, nil)
		require.NoError(t, err)
		_, err = handshake(t, server, client, grpctest.ID("consent"))
		require.Error(t, err)
	})

	t.Run("an expired certificate is refused", func(t *testing.T) {
		t.Parallel()
		config := pki.Write(t, "late", ca.Request{SPIFFE: grpctest.ID("gateway"), NotAfter: time.Now().Add(-time.Second)})
		client, err := authn.NewMTLS(config, nil)
		require.NoError(t, err)
		_, err = handshake(t, server, client, grpctest.ID("consent"))
		require.Error(t, err)
	})

	t.Run("a server of another trust domain cannot be named", func(t *testing.T) {
		t.Parallel()
		_, err := server.ClientTLS("spiffe://elsewhere/ns/aval/sa/consent")
		require.Error(t, err)
	})

	t.Run("a certificate of another trust domain is refused at the start", func(t *testing.T) {
		t.Parallel()
		config := pki.Write(t, "foreign", ca.Request{SPIFFE: "spiffe://elsewhere/ns/aval/sa/gateway"})
		_, err := authn.NewMTLS(config, nil)
		require.ErrorContains(t, err, "not of aval.local")
	})

	t.Run("a service is named in the namespace of the one who names it", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, grpctest.ID("membership"), server.ServiceID("membership"))
	})
}

func TestCertificatesReload(t *testing.T) {
	t.Parallel()
	pki := grpctest.NewPKI(t)
	config := pki.Config(t, "gateway")
	m, err := authn.NewMTLS(config, nil)
	require.NoError(t, err)

	// Half of a rotation: the key of nobody's certificate.
	require.NoError(t, os.WriteFile(config.KeyFile, []byte("half"), 0o600))
	require.Never(t, func() bool { return m.ID() != grpctest.ID("gateway") }, 1200*time.Millisecond, 100*time.Millisecond,
		"the last good certificate stays in use")
	pki.Write(t, "gateway", ca.Request{SPIFFE: grpctest.ID("renewed")})

	require.Eventually(t, func() bool { return m.ID() == grpctest.ID("renewed") }, 5*time.Second, 50*time.Millisecond)
}

// handshake gives the state that the server saw, and any side's refusal.
func handshake(t *testing.T, server, client *authn.MTLS, expected string) (tls.ConnectionState, error) {
	t.Helper()
	config, err := client.ClientTLS(expected)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	dialled := make(chan error, 1)
	go func() { dialled <- dial(listener.Addr().String(), config) }()
	raw, err := listener.Accept()
	require.NoError(t, err)
	defer func() { _ = raw.Close() }()
	conn := tls.Server(raw, server.ServerTLS())
	serverErr := conn.HandshakeContext(t.Context())
	_ = raw.Close()
	return conn.ConnectionState(), errors.Join(serverErr, ignoreClosed(<-dialled))
}

func dial(addr string, config *tls.Config) error {
	conn, err := tls.Dial("tcp", addr, config)
	if err != nil {
		return err
	}
	return conn.Close()
}

// ignoreClosed: the server hangs up once it has seen enough.
func ignoreClosed(err error) error {
	var closed *net.OpError
	if errors.As(err, &closed) && closed.Op == "write" {
		return nil
	}
	return err
}
