package gateway_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/aval-access/aval/gateway"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/kit/token"
)

const startTimeout = 10 * time.Second

// bundle is a running gateway before two servers that tell what reached them:
// the services' own behaviour is for the end-to-end suite.
type bundle struct {
	url, mtlsURL string
	pki          *grpctest.PKI
	signer       *grpctest.Signer
	identity     *identityEcho
	consent      *consentEcho
	membership   *membershipEcho
	user         id.ID
	organization id.ID
}

// setup starts a gateway that knows itself as "gateway.test".
func setup(t *testing.T, more ...func(*gateway.Config)) *bundle {
	t.Helper()
	b := &bundle{pki: grpctest.NewPKI(t), signer: grpctest.NewSigner(t), user: id.New(), organization: id.New()}
	b.identity = &identityEcho{bundle: b, live: token.New(token.Session), arrived: make(chan arrival, 10)}
	b.consent = &consentEcho{arrived: make(chan arrival, 10)}
	b.membership = &membershipEcho{user: b.user, account: id.New(), arrived: make(chan arrival, 10)}
	identity := b.serve(t, "identity", func(s *grpc.Server) {
		identityv1.RegisterAuthServiceServer(s, b.identity)
		identityv1.RegisterUserServiceServer(s, b.identity)
		identityv1.RegisterTokenServiceServer(s, b.identity)
	})
	consent := b.serve(t, "consent", func(s *grpc.Server) {
		consentv1.RegisterConsentServiceServer(s, b.consent)
		consentv1.RegisterHistoryServiceServer(s, b.consent)
	})
	membership := b.serve(t, "membership", func(s *grpc.Server) { membershipv1.RegisterAccessServiceServer(s, b.membership) })
	peers := map[string]string{"identity": identity, "consent": consent, "membership": membership}
	for _, absent := range []string{"partnersupport", "notification"} {
		peers[absent] = "127.0.0.1:1"
	}
	c := gateway.Config{
		Config:       telemetry.Config{LogFormat: "json", LogLevel: 12},
		TLSConfig:    b.pki.Config(t, "gateway"),
		Listener:     listen(t, &b.url),
		MTLSListener: listen(t, &b.mtlsURL),
		PublicURL:    "https://gateway.test",
		MTLSURL:      "https://tokens.gateway.test",
		Peers:        peers,
		Issuer:       "https://gateway.test",
		PageKey:      config.NewSecret(randomKey()),

		PlatformCallers: []string{grpctest.ID("demo-product")},
	}
	for _, change := range more {
		change(&c)
	}
	b.run(t, c)
	return b
}

func (b *bundle) serve(t *testing.T, name string, register func(*grpc.Server)) string {
	t.Helper()
	yes := authz.DeciderFunc(func(context.Context, authz.Question) (bool, error) { return true, nil })
	return grpctest.Start(t, grpctest.Options{
		PKI: b.pki, Signer: b.signer, Register: register,
		Server: grpcserver.Options{Name: name, Decider: yes},
	}).Addr()
}

func (b *bundle) run(t *testing.T, c gateway.Config) {
	t.Helper()
	ready, ended := make(chan struct{}), make(chan error, 1)
	c.OnReady = func() { close(ready) }
	ctx, cancel := context.WithCancel(context.Background())
	go func() { ended <- gateway.Run(ctx, c) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- nil
		require.NoError(t, err, "the gateway did not start")
	case <-time.After(startTimeout):
		require.Fail(t, "the gateway did not get ready in time")
	}
}

func listen(t *testing.T, url *string) net.Listener {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	*url = listener.Addr().String()
	return listener
}

func randomKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return base64.StdEncoding.EncodeToString(key)
}

func (b *bundle) sign(organization id.ID) (string, error) {
	return authn.Sign(b.signer.Key, grpctest.KeyID, b.signer.Claims(b.user, organization))
}

// request says what is sent; JSON in a body unless a header says otherwise.
type request struct {
	method, path, body string
	header             http.Header
	host               string
	cookie             string
}

// response is an answer that was read to its end.
type response struct {
	*http.Response
	content []byte
}

func (b *bundle) send(t *testing.T, in request) response {
	t.Helper()
	return send(t, http.DefaultClient, "http://"+b.url, in)
}

func send(t *testing.T, client *http.Client, base string, in request) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), in.method, base+in.path, bytes.NewBufferString(in.body))
	require.NoError(t, err)
	r.Host = "gateway.test"
	if in.host != "" {
		r.Host = in.host
	}
	if in.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range in.header {
		r.Header[name] = values
	}
	if in.cookie != "" {
		r.Header.Add("Cookie", "__Host-sid="+in.cookie)
	}
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return response{Response: answer, content: content}
}

// json reads the answer as an object.
func (r response) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, json.Unmarshal(r.content, &out), string(r.content))
	return out
}

// product is the demo product, with a certificate that pki signed.
func (b *bundle) product(t *testing.T, pki *grpctest.PKI) *http.Client {
	t.Helper()
	c, err := pki.MTLS(t, "demo-product").ClientTLS(grpctest.ID("gateway"))
	require.NoError(t, err)
	return clientWith(t, c)
}

func clientWith(t *testing.T, c *tls.Config) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: c}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// next gives the call that arrived.
func next(t *testing.T, arrived chan arrival) arrival {
	t.Helper()
	select {
	case a := <-arrived:
		return a
	default:
		require.Fail(t, "no call arrived")
		return arrival{}
	}
}

// foreign is a client certified by our authority for another trust domain.
func (b *bundle) foreign(t *testing.T) *http.Client {
	t.Helper()
	files := b.pki.Write(t, "foreign", ca.Request{SPIFFE: "spiffe://other.local/ns/aval/sa/demo-product", DNSNames: []string{"localhost"}})
	certificate, err := tls.LoadX509KeyPair(files.CertFile, files.KeyFile)
	require.NoError(t, err)
	c := anyServer()
	c.Certificates = []tls.Certificate{certificate}
	return clientWith(t, c)
}

// bare is a client that shows no certificate.
func (b *bundle) bare(t *testing.T) *http.Client {
	t.Helper()
	return clientWith(t, anyServer())
}

// anyServer trusts whoever answers: it is the server's refusal that is tested.
func anyServer() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
}
