package submission_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/services/kit/mailbox"
	"github.com/aval-access/aval/services/notification/internal/submission"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func setup(t *testing.T, o mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	return box
}

func parse(t *testing.T, url string) submission.Server {
	t.Helper()
	server, err := submission.Parse(url)
	require.NoError(t, err)
	return server
}

func letter() submission.Mail {
	return submission.Mail{
		From: mail.Address{Name: "Aval", Address: "aval@example.test"}, To: "ana@client.test",
		Subject: "Demande d'accès à votre compte pour l'assistance", Text: "Bonjour,\n\nÀ bientôt.", HTML: "<p>À bientôt.</p>",
		MessageID: "dlv_1@example.test", Date: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
	}
}

func TestAcceptedMailArrivesWhole(t *testing.T) {
	t.Parallel()
	box := setup(t, mailbox.Options{})
	sent := letter()
	require.Equal(t, submission.Outcome{Result: submission.Accepted, Code: 250}, parse(t, box.URL()).Submit(t.Context(), sent))
	require.Len(t, box.Messages(), 1)
	got := box.Messages()[0]
	require.Equal(t, sent.Subject, got.Subject)
	require.Equal(t, sent.To, got.To)
	require.Equal(t, sent.Text, strings.TrimSpace(got.Text))
	require.Equal(t, sent.HTML, strings.TrimSpace(got.HTML))
	require.Equal(t, sent.MessageID, got.MessageID)
	require.Equal(t, []string{"auto-generated"}, got.Header["Auto-Submitted"])
	require.Equal(t, []string{`"Aval" <aval@example.test>`}, got.Header["From"])
	require.NotContains(t, got.Header, "User-Agent")
}

// R8: a partner's logo travels in the mail itself; nothing is fetched to show it.
func TestALogoTravelsInsideTheMail(t *testing.T) {
	t.Parallel()
	box := setup(t, mailbox.Options{})
	sent := letter()
	sent.HTML, sent.Logo = `<img src="cid:logo" alt="Lumen">`, []byte("\x89PNG\r\n\x1a\n")
	require.Equal(t, submission.Accepted, parse(t, box.URL()).Submit(t.Context(), sent).Result)
	got := box.Messages()[0]
	require.Equal(t, sent.Text, strings.TrimSpace(got.Text))
	require.Equal(t, sent.HTML, strings.TrimSpace(got.HTML))
	require.Contains(t, got.Header["Content-Type"][0], "multipart/related")
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	box := setup(t, mailbox.Options{})
	server := parse(t, box.URL())
	for _, c := range []struct {
		name  string
		fault func()
		want  submission.Result
		code  int
	}{
		{"4xx is for now", func() { box.RefuseNext(1, 451) }, submission.Deferred, 451},
		{"5xx is for good", func() { box.RefuseNext(1, 550) }, submission.Rejected, 550},
		{"no answer after the content is unknown", func() { box.DropNext(1) }, submission.Lost, 0},
		{"then all is well", func() {}, submission.Accepted, 250},
	} {
		c.fault()
		got := server.Submit(t.Context(), letter())
		require.Equal(t, c.want, got.Result, c.name)
		require.Equal(t, c.code, got.Code, c.name)
	}
}

func TestServerThatCannotBeReachedDefers(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := parse(t, "smtp://"+ln.Addr().String()+"?tls=none")
	require.NoError(t, ln.Close())
	require.Equal(t, submission.Deferred, server.Submit(t.Context(), letter()).Result)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, submission.Deferred, server.Submit(ctx, letter()).Result)
}

func TestHeaderInjectionIsRefused(t *testing.T) {
	t.Parallel()
	box := setup(t, mailbox.Options{})
	server := parse(t, box.URL())
	bad := letter()
	bad.To = "ana@client.test\r\nBcc: eve@evil.test"
	require.Equal(t, submission.Rejected, server.Submit(t.Context(), bad).Result)
	require.Empty(t, box.Messages())

	// Subjects are checked before they come here; should one slip through, the
	// encoding keeps it one header.
	bad = letter()
	bad.Subject = "Bonjour\r\nBcc: eve@evil.test"
	server.Submit(t.Context(), bad)
	for _, msg := range box.Messages() {
		require.NotContains(t, msg.Header, "Bcc")
	}
}

func TestStartTLSIsRequiredAndVerified(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	secure := setup(t, mailbox.Options{TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13}})

	trusting := parse(t, "smtp://"+secure.Addr())
	trusting.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	require.Equal(t, submission.Accepted, trusting.Submit(t.Context(), letter()).Result)

	stranger := parse(t, "smtp://"+secure.Addr())
	require.Equal(t, submission.Deferred, stranger.Submit(t.Context(), letter()).Result, "a certificate of nobody's")

	open := setup(t, mailbox.Options{})
	require.Equal(t, submission.Deferred, parse(t, "smtp://"+open.Addr()).Submit(t.Context(), letter()).Result, "no STARTTLS offered")
	require.Empty(t, open.Messages())
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailbox"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"smtp://mail.test", "smtp://u:p@mail.test:2525?tls=none", "smtp://mail.test?tls=tls"} {
		_, err := submission.Parse(good)
		require.NoError(t, err, good)
	}
	for _, bad := range []string{"", "mail.test", "http://mail.test", "smtp://", "smtp://mail.test?tls=maybe", "smtp://u:secret@mail.test:x"} {
		_, err := submission.Parse(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "secret")
	}
}
