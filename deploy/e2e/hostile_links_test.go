package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/testsize"
)

// T-10, C1 C2 C3: whatever programs that have the link send to it, of whatever
// kind and from wherever, the request stays unanswered, and the link works for
// its approver afterwards.
func TestHostileAttemptsAtALinkGiveNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	a := b.asked(t)
	link := b.stack.URL() + "/c/" + a.token
	for n := range testsize.Of(t, 140, 10_000) {
		assault{link: link, n: n, browser: driver.HTTPClient(newJar(t))}.try(t)
		if n%100 == 0 {
			require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token), "by attempt %d", n)
		}
	}
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))
	given, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, given.GetState())
}

// T-10, R128: nor does any of them end an access behind the link of a mail that
// ends some, which works for its approver afterwards.
func TestHostileAttemptsAtALinkStopNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	mail, err := b.ReadMail(t.Context(), v.client.Owner.Email, "Votre accord pour l'assistance")
	require.NoError(t, err)
	link, known := mail.Link("/s/"), url.Values{"access": {v.consent.GetId()}}
	for n := range testsize.Of(t, 70, 2000) {
		assault{link: link, n: n, browser: driver.HTTPClient(newJar(t)), more: known}.try(t)
	}
	require.True(t, b.allowed(t, v, "management/invoices"))
	browser := driver.HTTPClient(newJar(t))
	submit(t, browser, link, formWith(t, get(t, browser, link), "nonce"), known)
	require.False(t, b.allowed(t, v, "management/invoices"))
}

// assault is the nth attempt; the number chooses everything about it.
type assault struct {
	link    string
	n       int
	browser *http.Client
	// more are fields that a program knows besides.
	more url.Values
}

// try makes the attempt, which nothing breaks under.
func (h assault) try(t *testing.T) {
	t.Helper()
	response, err := h.browser.Do(h.request(t))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Less(t, response.StatusCode, http.StatusInternalServerError, "attempt %d", h.n)
}

func (h assault) request(t *testing.T) *http.Request {
	t.Helper()
	ways := []func(*testing.T) *http.Request{
		h.fetch, h.asText, h.asJSON, h.asMultipart, h.asForm, h.asItStands, h.fromElsewhere,
	}
	r := ways[h.n%len(ways)](t)
	agents := []string{"", "curl/8.5.0", "Mozilla/5.0", "Googlebot/2.1", "Slackbot-LinkExpanding 1.0", "python-requests/2.32", "HeadlessChrome/149.0"}
	purposes := [][2]string{{"Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}, {"X-Moz", "prefetch"}, {"X-HTTP-Method-Override", "POST"}, {"X-Other", ""}}
	purpose := purposes[h.n/7%len(purposes)]
	r.Header.Set("User-Agent", agents[h.n/35%len(agents)])
	r.Header.Set(purpose[0], purpose[1])
	return r
}

// yes is what a program makes up that knows the fields of the page.
func (h assault) yes() url.Values {
	out := url.Values{"answer": {"yes"}, "duration": {"DURATION_CHOICE_UNTIL_STOPPED"}, "nonce": {fmt.Sprint("made-up-", h.n)}}
	maps.Copy(out, h.more)
	return out
}

func (h assault) made(t *testing.T, method, kind, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.link, strings.NewReader(body))
	require.NoError(t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// fetch asks in every way, what is no answer among them.
func (h assault) fetch(t *testing.T) *http.Request {
	t.Helper()
	methods := []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete}
	r := h.made(t, methods[h.n/7%len(methods)], "", "")
	r.URL.RawQuery = h.yes().Encode()
	return r
}

func (h assault) asText(t *testing.T) *http.Request {
	t.Helper()
	return h.made(t, http.MethodPost, "text/plain", `{"answer":"yes"}`)
}

func (h assault) asJSON(t *testing.T) *http.Request {
	t.Helper()
	return h.made(t, http.MethodPost, "application/json", `{"answer":"yes","duration":"DURATION_CHOICE_1_YEAR"}`)
}

func (h assault) asMultipart(t *testing.T) *http.Request {
	t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, values := range h.yes() {
		require.NoError(t, parts.WriteField(name, values[0]))
	}
	require.NoError(t, parts.Close())
	return h.made(t, http.MethodPost, parts.FormDataContentType(), body.String())
}

func (h assault) asForm(t *testing.T) *http.Request {
	t.Helper()
	return h.made(t, http.MethodPost, "application/x-www-form-urlencoded", h.yes().Encode())
}

// asItStands sends one of the page's own forms, untouched, with its nonce.
func (h assault) asItStands(t *testing.T) *http.Request {
	t.Helper()
	forms := formsOf(t, get(t, h.browser, h.link))
	require.NotEmpty(t, forms)
	one := forms[h.n/7%len(forms)]
	for name, list := range one.buttons[h.n/49%len(one.buttons)] {
		one.values[name] = list
	}
	return h.made(t, http.MethodPost, "application/x-www-form-urlencoded", one.values.Encode())
}

// fromElsewhere sends the page's own form, with a yes and its nonce, as another
// site would have a browser do.
func (h assault) fromElsewhere(t *testing.T) *http.Request {
	t.Helper()
	form := formWith(t, get(t, h.browser, h.link), "nonce")
	form.values.Set("answer", "yes")
	form.values.Set("duration", "DURATION_CHOICE_1_YEAR")
	maps.Copy(form.values, h.more)
	r := h.made(t, http.MethodPost, "application/x-www-form-urlencoded", form.values.Encode())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://evil.example")
	return r
}
