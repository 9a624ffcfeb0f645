// Package rest is the JSON face of the services under /v1: their own HTTP
// rules through grpc-gateway, made strict. Unknown fields and parameters are
// refused by name, the browser's cookie becomes a bearer token, session tokens
// become cookies, and every error is a problem. It holds no rule of business.
package rest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/gateway/internal/session"
)

// Options are what the REST edge stands on; all are required.
type Options struct {
	Clients  *clients.Clients
	Sessions *session.Manager
	Problems *problem.Writer
}

// api holds what its handlers share.
type api struct {
	sessions *session.Manager
	problems *problem.Writer
	methods  map[string]method
}

// New makes the handler of everything under /v1.
func New(o Options) (http.Handler, error) {
	methods, err := readMethods()
	if err != nil {
		return nil, fmt.Errorf("reading the HTTP rules: %w", err)
	}
	a := &api{sessions: o.Sessions, problems: o.Problems, methods: methods}
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, marshaler()),
		runtime.WithIncomingHeaderMatcher(headerMatcher),
		runtime.WithOutgoingHeaderMatcher(none),
		runtime.WithOutgoingTrailerMatcher(none),
		// A slash that was encoded is part of a name, and divides nothing.
		runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithMiddlewares(a.admit),
		runtime.WithForwardResponseOption(a.tokenToCookie),
		runtime.WithErrorHandler(a.onError),
		runtime.WithStreamErrorHandler(onStreamError),
		runtime.WithRoutingErrorHandler(a.onRoutingError),
	)
	if err := register(mux, o.Clients); err != nil {
		return nil, fmt.Errorf("registering the services: %w", err)
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, fmt.Errorf("loading the time zone: %w", err)
	}
	routes := http.NewServeMux()
	routes.Handle("/", mux)
	for _, f := range []file{history(o.Clients), ledger(o.Clients), credits(o.Clients)} {
		routes.HandleFunc("GET "+f.route, a.fileOr(f, mux))
	}
	routes.HandleFunc("POST "+importRoute, a.importInvitations(o.Clients, zone))
	return routes, nil
}

// marshaler gives lowerCamel names, every field, enums as strings.
func marshaler() runtime.Marshaler {
	return &runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitUnpopulated: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
	}
}

// admit stands before every method: what the request may hold, then on whose
// behalf it goes on.
func (a *api) admit(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		m, ok := a.methodOf(r)
		if !ok {
			a.onRoutingError(r.Context(), nil, nil, w, r, http.StatusNotFound)
			return
		}
		observe.SetRoute(r.Context(), m.route)
		if err := strict(r, m, params); err != nil {
			a.refuse(w, r, err)
			return
		}
		called, err := a.authenticate(r, m)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		next(w, called, params)
		if m.endsSession {
			a.sessions.Forget(r)
		}
	}
}
