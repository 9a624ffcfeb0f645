package authzen

import (
	"context"
	"net/http"
	"slices"

	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/gateway/internal/rest"
	"github.com/aval-access/aval/gateway/internal/session"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Caller gives the context of the calls that are made for a request, or why
// none is.
type Caller func(r *http.Request) (context.Context, error)

// People ask about themselves, by a token or by the browser's session: theirs
// goes on to the service, which sees to it.
func People(sessions *session.Manager) Caller {
	return func(r *http.Request) (context.Context, error) { return rest.OnBehalf(sessions, r) }
}

// Workloads are those platform teams' products that are named here, by their
// certificates: they ask about anybody, in the gateway's name. No token that
// came along goes on.
func Workloads(named []string) Caller {
	return func(r *http.Request) (context.Context, error) {
		workload, err := edge.Workload(r)
		if err != nil {
			return nil, fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED, fault.Cause(err))
		}
		if !slices.Contains(named, workload) {
			return nil, fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED)
		}
		return r.Context(), nil
	}
}
