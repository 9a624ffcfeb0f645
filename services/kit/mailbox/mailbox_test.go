package mailbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/services/kit/mailbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func setup(t *testing.T, o mailbox.Options) (*mailbox.Mailbox, *httptest.Server) {
	t.Helper()
	box, err := mailbox.Start(o)
	require.NoError(t, err)
	web := httptest.NewServer(box.Handler())
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		web.Close()
		require.NoError(t, box.Close())
	})
	return box, web
}

func send(box *mailbox.Mailbox, to, subject string) error {
	return smtp.SendMail(box.Addr(), nil, "aval@example.test", []string{to}, []byte(strings.ReplaceAll(fmt.Sprintf(`From: Aval <aval@example.test>
To: %s
Subject: =?utf-8?q?%s?=
Message-ID: <1@example.test>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Cliquez : https://example.test/i/abc?x=1&y=2.
--b
Content-Type: text/html; charset=utf-8

<html><head><title>x</title></head><body><script>alert(1)</script><b>Bonjour</b></body></html>
--b--
`, to, subject), "\n", "\r\n")))
}

func get(t *testing.T, address string) (string, http.Header) {
	t.Helper()
	resp, err := http.Get(address) // the test's own server
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body), resp.Header
}

func to(address string) func(mailbox.Message) bool {
	return func(m mailbox.Message) bool { return m.To == address }
}

func TestReceivedMailIsShown(t *testing.T) {
	t.Parallel()
	box, web := setup(t, mailbox.Options{})
	require.NoError(t, send(box, "ana@client.test", "Acc=C3=A8s"))
	msg, err := box.Wait(t.Context(), to("ana@client.test"))
	require.NoError(t, err)
	require.Equal(t, "Accès", msg.Subject)
	require.Equal(t, "1@example.test", msg.MessageID)
	require.Equal(t, []string{"https://example.test/i/abc?x=1&y=2"}, msg.Links)
	require.Equal(t, msg.Links[0], msg.Link("/i/"))

	list, _ := get(t, web.URL)
	require.Contains(t, list, "Accès")
	require.Contains(t, list, "/mail/"+msg.ID)

	page, header := get(t, web.URL+"/mail/"+msg.ID)
	require.Contains(t, page, `<a href="https://example.test/i/abc?x=1&amp;y=2"`)
	require.Contains(t, page, "sandbox=")
	require.NotContains(t, page, "alert(1)")
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")

	framed, header := get(t, web.URL+"/mail/"+msg.ID+"/html")
	require.Contains(t, framed, `<base target="_blank">`)
	require.Contains(t, header.Get("Content-Security-Policy"), "sandbox")
}

func TestAPIFiltersAndWaits(t *testing.T) {
	t.Parallel()
	box, web := setup(t, mailbox.Options{})
	list := func(query url.Values) []mailbox.Message {
		body, _ := get(t, web.URL+"/api/messages?"+query.Encode())
		var out []mailbox.Message
		require.NoError(t, json.Unmarshal([]byte(body), &out))
		return out
	}
	require.Empty(t, list(url.Values{}))

	found := make(chan []mailbox.Message)
	go func() { found <- list(url.Values{"to": {"bob@client.test"}, "wait": {"20s"}}) }()
	require.NoError(t, send(box, "ana@client.test", "one"))
	require.NoError(t, send(box, "bob@client.test", "two"))
	waited := <-found
	require.Len(t, waited, 1)
	require.Equal(t, "two", waited[0].Subject)

	require.Len(t, list(url.Values{}), 2)
	require.Len(t, list(url.Values{"subject": {"on"}}), 1)
	require.Empty(t, list(url.Values{"after": {waited[0].ID}, "wait": {"1ms"}}))
}

func TestMailsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	box, err := mailbox.Start(mailbox.Options{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, send(box, "ana@client.test", "kept"))
	require.NoError(t, box.Close())
	again, _ := setup(t, mailbox.Options{Dir: dir})
	require.Len(t, again.Messages(), 1)
	require.Equal(t, box.Messages()[0].ID, again.Messages()[0].ID)
	require.Equal(t, "ana@client.test", again.Messages()[0].To)
}

func TestFaultsComeInOrder(t *testing.T) {
	t.Parallel()
	box, _ := setup(t, mailbox.Options{})
	box.RefuseNext(1, 451)
	box.RefuseNext(1, 550)
	box.DropNext(1)
	require.ErrorContains(t, send(box, "a@client.test", "x"), "451")
	require.ErrorContains(t, send(box, "a@client.test", "x"), "550")
	require.Empty(t, box.Messages())
	require.Error(t, send(box, "a@client.test", "x"), "no answer")
	require.Len(t, box.Messages(), 1, "kept all the same")
	require.NoError(t, send(box, "a@client.test", "x"))
}

func TestOnlyTheNewestThousandAreKept(t *testing.T) {
	t.Parallel()
	box, _ := setup(t, mailbox.Options{})
	client, err := smtp.Dial(box.Addr())
	require.NoError(t, err)
	for n := range 1003 {
		require.NoError(t, client.Mail("aval@example.test"))
		require.NoError(t, client.Rcpt("a@client.test"))
		w, err := client.Data()
		require.NoError(t, err)
		_, err = fmt.Fprintf(w, "Subject: %d\r\n\r\nx\r\n", n)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	require.NoError(t, client.Quit())
	all := box.Messages()
	require.Len(t, all, 1000)
	require.Equal(t, "1002", all[0].Subject)
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	box, _ := setup(t, mailbox.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := box.Wait(ctx, func(mailbox.Message) bool { return true })
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
