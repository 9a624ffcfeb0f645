package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"google.golang.org/grpc/metadata"

	"github.com/aval-access/aval/gateway/internal/session"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// authenticate gives the request as it goes on: with a bearer token, its own
// or the cookie's, and the allowed headers alone. A dead cookie does not keep
// anybody from what is open to all; whoever comes without either is told so
// here when the method is not.
func (a *api) authenticate(r *http.Request, m method) (*http.Request, error) {
	return authenticate(a.sessions, r, m.anonymous)
}

// OnBehalf gives the context of calls made for whoever is signed in, for
// endpoints beside /v1.
func OnBehalf(sessions *session.Manager, r *http.Request) (context.Context, error) {
	called, err := authenticate(sessions, r, false)
	if err != nil {
		return nil, err
	}
	return onBehalf(called), nil
}

func authenticate(sessions *session.Manager, r *http.Request, anonymous bool) (*http.Request, error) {
	ctx := r.Context()
	bearer, err := bearerOf(r)
	if err != nil {
		return nil, err
	}
	if bearer == "" {
		s, err := sessions.Resolve(r)
		switch {
		case err == nil:
			ctx, bearer = withSession(sessions.Outgoing(ctx, s), s), "Bearer "+s.AccessToken
		case !anonymous || !session.Ended(err):
			return nil, err
		}
	}
	out := r.WithContext(ctx)
	out.Header = allowed(r.Header)
	out.Header.Del("Authorization")
	if bearer != "" {
		out.Header.Set("Authorization", bearer)
	}
	out.Header.Set("Accept-Language", authn.FromContext(ctx).Locale)
	return out, nil
}

// onBehalf gives the context of calls made for who was authenticated, in their
// language, by routes that are no method of a contract.
func onBehalf(called *http.Request) context.Context {
	return authn.WithLocale(metadata.NewOutgoingContext(called.Context(), metadata.Pairs(
		"authorization", called.Header.Get("Authorization"))), called.Header.Get("Accept-Language"))
}

// bearerOf gives the Authorization header; anything but one bearer token is
// refused, whatever cookie comes beside it.
func bearerOf(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", nil
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if len(values) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") || token == "" || strings.ContainsAny(token, " ,") {
		return "", fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED,
			fault.Cause(errors.New("the authorization header is not one bearer token")))
	}
	return "Bearer " + token, nil
}

// withSession lets the person's language go before the browser's.
func withSession(ctx context.Context, s session.Session) context.Context {
	caller := authn.FromContext(ctx)
	caller.Locale = s.Locale
	return authn.NewContext(ctx, caller)
}
