// Package authzen is the OpenID AuthZEN Authorization API 1.0 over the
// decision: evaluation, evaluations, searches and the document that names them.
// It decides nothing: every decision is one of membership's AccessService, and
// what it cannot put to that service is a denial.
//
// A subject is {type: "user", id: "usr_…"}; a resource is {type: "account",
// id: "org_…", properties: {feature: "management/invoices"}}; an action's name is
// the level asked for: guest, editor or approver; the visit is
// context.support_session_id. Other members are ignored, as the standard wants.
package authzen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/problem"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Options are what a listener's endpoints stand on.
type Options struct {
	Access   membershipv1.AccessServiceClient
	Problems *problem.Writer
	// Base is the URL under which the listener is reached.
	Base string
	// Caller says on whose behalf the decision is asked.
	Caller Caller
	// Searches offers the searches over all people and accounts: they are for
	// whom AccessService lists them to.
	Searches bool
}

type server struct{ options Options }

// Register adds the endpoints to the routes of a listener.
func Register(mux *http.ServeMux, o Options) {
	s := &server{options: o}
	mux.HandleFunc("GET /.well-known/authzen-configuration", s.metadata)
	mux.HandleFunc("POST /access/v1/evaluation", handle(s, s.evaluation))
	mux.HandleFunc("POST /access/v1/evaluations", handle(s, s.evaluations))
	mux.HandleFunc("POST /access/v1/search/action", handle(s, s.searchActions))
	if o.Searches {
		mux.HandleFunc("POST /access/v1/search/subject", handle(s, s.searchSubjects))
		mux.HandleFunc("POST /access/v1/search/resource", handle(s, s.searchResources))
	}
}

// handle reads the question, asks it for the caller, and writes the answer.
func handle[In any](s *server, serve func(ctx context.Context, in In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		observe.SetRoute(r.Context(), r.Pattern)
		// The standard gives the caller's own id back as it is; the edge would
		// replace one that it does not log.
		if id := r.Header.Get("X-Request-Id"); id != "" {
			w.Header().Set("X-Request-Id", id)
		}
		out, err := answer(s, r, serve)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(out) // the client went away: nothing to do
	}
}

func answer[In any](s *server, r *http.Request, serve func(ctx context.Context, in In) (any, error)) (any, error) {
	ctx, err := s.options.Caller(r)
	if err != nil {
		return nil, err
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, fault.Invalid("Content-Type", "json")
	}
	var in In
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, unreadable(err)
	}
	return serve(ctx, in)
}

// unreadable names the member that is not of its type, where one is.
func unreadable(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return fmt.Errorf("reading the body: %w", err)
	}
	field := "body"
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		field = wrong.Field
	}
	return fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.Field(field, "json"), fault.Cause(err))
}

// refuse keeps to the standard's statuses: whom the caller may not ask about is
// 403, whether they exist or not.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		s.options.Problems.WriteStatus(w, r, http.StatusRequestEntityTooLarge, fault.Invalid("body", "body.max_bytes"))
	case fault.ReasonOf(fault.FromStatus(err)) == reasonv1.Reason_REASON_NOT_FOUND:
		s.options.Problems.Write(w, r, fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED, fault.Cause(err)))
	default:
		s.options.Problems.Write(w, r, err)
	}
}
