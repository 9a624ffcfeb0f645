package gateway_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/gateway"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/id"
)

// liveBundle is a gateway that hears the facts of a broker.
type liveBundle struct {
	*bundle
	broker *bus.Conn
}

func setupLive(t *testing.T) *liveBundle {
	t.Helper()
	server := bustest.Server(t)
	b := setup(t, func(c *gateway.Config) { c.InProcessNATS = server.InProcess() })
	return &liveBundle{bundle: b, broker: bustest.Connect(t, server, "test")}
}

// say publishes a fact as its service would.
func (b *liveBundle) say(t *testing.T, subject string, fact proto.Message) {
	t.Helper()
	payload, err := proto.Marshal(fact)
	require.NoError(t, err)
	future, err := bus.PublishAsync(b.broker.JS(), bus.Envelope{ID: id.New(), AggregateID: id.New(), Subject: subject, Time: time.Now(), Payload: payload})
	require.NoError(t, err)
	select {
	case <-future.Ok():
	case err := <-future.Err():
		require.NoError(t, err)
	}
}

func (b *liveBundle) given(t *testing.T, client, partner string) {
	t.Helper()
	b.say(t, "aval.consent.v1.consent.given", &consentv1.ConsentGiven{Consent: &consentv1.ConsentRef{ClientId: client, PartnerId: partner}})
}

// listen opens the stream, past its first event.
func (b *liveBundle) listen(t *testing.T) *bufio.Scanner {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	t.Cleanup(cancel)
	answer := b.open(t, ctx)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	for name, value := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
	} {
		require.Equal(t, value, answer.Header.Get(name), name)
	}
	lines := bufio.NewScanner(answer.Body)
	require.Equal(t, "ready {}", event(lines))
	return lines
}

func (b *liveBundle) open(t *testing.T, ctx context.Context) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.url+"/v1/me/events", nil)
	require.NoError(t, err)
	r.Host = "gateway.test"
	r.Header.Set("Cookie", "__Host-sid="+b.identity.live.String())
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// event gives the next event's name and data, "" at the end of the stream.
func event(lines *bufio.Scanner) string {
	var name string
	for lines.Scan() {
		if found, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			name = found
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return name + " " + data
		}
	}
	return ""
}

// A page hears of its own organisation, by kind alone, once for what happens
// together; what happens elsewhere is not told (T-08).
func TestLiveEventsAreOfOnesOwnOrganisation(t *testing.T) {
	t.Parallel()
	b := setupLive(t)
	here, other := b.organization.Text("org"), id.New().Text("org")
	lines := b.listen(t)

	b.say(t, "aval.consent.v1.partner_block.started", &consentv1.PartnerBlocked{ClientId: other, PartnerId: here})
	b.say(t, "aval.consent.v1.consent_policy.changed", &consentv1.ConsentPolicyChanged{ClientId: other})
	b.given(t, other, here)
	require.Equal(t, `changed {"kinds":["consent"]}`, event(lines), "as a partner, and not who blocks it")

	b.given(t, here, other)
	b.say(t, "aval.consent.v1.consent_policy.changed", &consentv1.ConsentPolicyChanged{ClientId: here})
	require.Equal(t, `changed {"kinds":["consent","consent_policy"]}`, event(lines), "both at once, as a client")

	b.given(t, here, other)
	require.Equal(t, `changed {"kinds":["consent"]}`, event(lines), "and nothing between")
}

// A stream ends with its session, at once where the fact is known.
func TestLiveEventsEndWithTheSession(t *testing.T) {
	t.Parallel()
	b := setupLive(t)
	lines := b.listen(t)
	b.identity.over.Store(true)
	b.say(t, "aval.identity.v1.user.sessions_ended", &identityv1.UserSessionsEnded{UserId: b.user.Text("usr"), Ended: 1})
	require.Equal(t, "over {}", event(lines))
	require.Empty(t, event(lines), "the stream is closed")
	require.Equal(t, http.StatusUnauthorized, b.open(t, t.Context()).StatusCode)
}

// One person holds so many streams and no more; one that was closed frees its
// place.
func TestLiveEventsAreBoundedByPerson(t *testing.T) {
	t.Parallel()
	b := setupLive(t)
	ctx, leave := context.WithTimeout(t.Context(), startTimeout)
	defer leave()
	for range 12 {
		require.Equal(t, http.StatusOK, b.open(t, ctx).StatusCode)
	}
	refused := b.open(t, ctx)
	require.Equal(t, http.StatusTooManyRequests, refused.StatusCode)
	require.NotEmpty(t, refused.Header.Get("Retry-After"))
	leave()
	require.Eventually(t, func() bool { return b.open(t, t.Context()).StatusCode == http.StatusOK }, startTimeout, 10*time.Millisecond)
}

// Without a broker, and for nobody, there is no stream; nor is there one by a
// bearer token or with parameters.
func TestLiveEventsNeedABrokerAndASession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cookie := b.identity.live.String()
	for _, one := range []struct {
		request request
		status  int
	}{
		{request{path: "/v1/me/events", cookie: cookie}, http.StatusServiceUnavailable},
		{request{path: "/v1/me/events?kind=consent", cookie: cookie}, http.StatusBadRequest},
		{request{path: "/v1/me/events"}, http.StatusUnauthorized},
		{request{path: "/v1/me/events", header: http.Header{"Authorization": {"Bearer x"}}}, http.StatusUnauthorized},
	} {
		one.request.method = http.MethodGet
		require.Equal(t, one.status, b.send(t, one.request).StatusCode, one.request)
	}
}
