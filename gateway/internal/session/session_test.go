package session_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/session"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/token"
)

func start() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// wire counts the calls that would leave for identity.
type wire struct{ calls int }

func (w *wire) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	w.calls++
	answer := reply.(*identityv1.ResolveSessionResponse)
	answer.AccessToken = "jwt"
	answer.Session = &identityv1.Session{UserId: "usr_1", OrganizationId: "org_1"}
	return nil
}

func (w *wire) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.NotFound()
}

func withCookies(values ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, value := range values {
		r.AddCookie(&http.Cookie{Name: session.CookieName, Value: value})
	}
	return r
}

func TestSessionIsRememberedForASecond(t *testing.T) {
	t.Parallel()
	w, now := &wire{}, clock.NewManual(start())
	m := session.NewManager(identityv1.NewAuthServiceClient(w), now)
	r := withCookies(token.New(token.Session).String())

	for range 3 {
		s, err := m.Resolve(r)
		require.NoError(t, err)
		require.Equal(t, "org_1", s.OrganizationID)
		require.False(t, s.Intermediate)
	}
	require.Equal(t, 1, w.calls)

	now.Advance(time.Second)
	_, err := m.Resolve(r)
	require.NoError(t, err)
	require.Equal(t, 2, w.calls)

	m.Forget(r)
	_, err = m.Resolve(r)
	require.NoError(t, err)
	require.Equal(t, 3, w.calls, "a session that ended here is asked for at once")
}

// F3: a second cookie of the same name is an attempt to plant one.
func TestOnlyOneWellFormedCookieCounts(t *testing.T) {
	t.Parallel()
	w := &wire{}
	m := session.NewManager(identityv1.NewAuthServiceClient(w), clock.Fixed(start()))
	good := token.New(token.Session).String()
	for _, r := range []*http.Request{withCookies(), withCookies("x"), withCookies(good, good), withCookies(token.New(token.Invitation).String())} {
		_, err := m.Resolve(r)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED))
		require.True(t, session.Ended(err))
	}
	require.Zero(t, w.calls)
}

func TestOutgoingCarriesPersonAndOrganization(t *testing.T) {
	t.Parallel()
	m := session.NewManager(nil, clock.Fixed(start()))
	ctx := clients.WithSeen(t.Context(), clients.Seen{Network: "192.0.2.0/24"})

	ctx = m.Outgoing(ctx, session.Session{AccessToken: "jwt", OrganizationID: "org_1"})

	md, _ := metadata.FromOutgoingContext(ctx)
	require.Equal(t, []string{"Bearer jwt"}, md.Get("authorization"))
	require.Equal(t, clients.Seen{Network: "192.0.2.0/24", Organization: "org_1"}, clients.SeenIn(ctx))
}

func TestCookieEndsWithItsSession(t *testing.T) {
	t.Parallel()
	m := session.NewManager(nil, clock.Fixed(start()))
	w := httptest.NewRecorder()
	m.Set(w, "t", start().Add(10*time.Minute))
	require.Equal(t,
		"__Host-sid=t; Path=/; Expires=Sat, 21 Nov 2026 12:10:00 GMT; Max-Age=600; HttpOnly; Secure; SameSite=Lax",
		w.Header().Get("Set-Cookie"))
}
