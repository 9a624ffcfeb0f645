// Package session keeps the browser's session at the edge: the cookie that
// holds its opaque token, the token of a few minutes that services accept in
// its place, and the nonces that bind a form to who was shown it. Signing in
// is identity's duty.
package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aval-access/aval/gateway/internal/clients"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/token"
)

// Session is a signed-in browser.
type Session struct {
	// UserID is "usr_…".
	UserID string
	// OrganizationID is "org_…"; empty while Intermediate.
	OrganizationID string
	// Email is the person's address. Personal data.
	Email string
	// Locale is "fr" or "en".
	Locale string
	// AccessToken is the JWT for services. Secret.
	AccessToken string
	// Intermediate says that no organisation was chosen yet.
	Intermediate bool
	// FactorsDue are what the person must prove one of before anything else.
	FactorsDue []identityv1.FactorKind
	// StepUpExpireTime is until when the person need not prove again who they are;
	// zero or past when they must.
	StepUpExpireTime time.Time
	// ExpireTime is the session's absolute end.
	ExpireTime time.Time
}

// Manager reads and writes the session's cookie.
type Manager struct {
	auth  identityv1.AuthServiceClient
	clock clock.Clock
	cache *cache
}

// NewManager makes a manager that asks identity.
func NewManager(auth identityv1.AuthServiceClient, c clock.Clock) *Manager {
	return &Manager{auth: auth, clock: c, cache: newCache()}
}

// Resolve gives the session of a request. Without a cookie, and with one that
// is not a session any more, the answer is UNAUTHENTICATED or SESSION_EXPIRED.
func (m *Manager) Resolve(r *http.Request) (Session, error) {
	held, err := tokenIn(r)
	if err != nil {
		return Session{}, err
	}
	key := keyOf(held, r)
	if s, ok := m.cache.get(key, m.clock.Now()); ok {
		return s, nil
	}
	answer, err := m.auth.ResolveSession(r.Context(), &identityv1.ResolveSessionRequest{SessionToken: held.String()})
	if err != nil {
		return Session{}, fmt.Errorf("resolving the session: %w", err)
	}
	s := sessionFromProto(answer)
	m.cache.put(key, s, m.clock.Now())
	return s, nil
}

// Forget drops what is remembered of the request's session, once it ended.
func (m *Manager) Forget(r *http.Request) {
	if held, err := tokenIn(r); err == nil {
		m.cache.drop(keyOf(held, r))
	}
}

// keyOf remembers a session for the browser that showed it alone: to another one
// identity may say something else.
func keyOf(held token.Token, r *http.Request) string {
	return string(held.Hash()) + r.UserAgent()
}

// Outgoing gives a context whose calls are the person's own.
func (m *Manager) Outgoing(ctx context.Context, s Session) context.Context {
	return clients.WithOrganization(authn.WithToken(ctx, s.AccessToken), s.OrganizationID)
}

// Ended tells whether an error of Resolve means that nobody is signed in, and
// not that something could not be reached.
func Ended(err error) bool {
	return fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED) ||
		fault.Is(err, reasonv1.Reason_REASON_SESSION_EXPIRED) ||
		fault.Is(err, reasonv1.Reason_REASON_TOKEN_INVALID)
}

func tokenIn(r *http.Request) (token.Token, error) {
	cookies := r.CookiesNamed(CookieName)
	if len(cookies) != 1 {
		return token.Token{}, refused(fmt.Errorf("the request has %d session cookies", len(cookies)))
	}
	held, err := token.Parse(token.Session, cookies[0].Value)
	if err != nil {
		return token.Token{}, refused(errors.New("the session cookie holds no token"))
	}
	return held, nil
}

func refused(cause error) error {
	return fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED, fault.Cause(cause))
}

func sessionFromProto(in *identityv1.ResolveSessionResponse) Session {
	return Session{
		UserID:         in.GetSession().GetUserId(),
		OrganizationID: in.GetSession().GetOrganizationId(),
		Email:          in.GetUser().GetEmail(),
		Locale:         fault.Language(in.GetUser().GetLocale()),
		AccessToken:    in.GetAccessToken(),
		Intermediate:   in.GetSession().GetOrganizationId() == "",
		FactorsDue:     in.GetSession().GetFactorsDue(),
		ExpireTime:     in.GetSession().GetExpireTime().AsTime(),

		StepUpExpireTime: in.GetSession().GetStepUpExpireTime().AsTime(),
	}
}
