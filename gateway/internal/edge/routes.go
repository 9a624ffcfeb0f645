package edge

import (
	"net/http"

	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/services/kit/fault"
)

// Routes serves a mux, observed by its patterns, and answers a problem where
// no route matches.
func Routes(mux *http.ServeMux, problems *problem.Writer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			observe.SetRoute(r.Context(), pattern)
			mux.ServeHTTP(w, r)
			return
		}
		// The mux's own answer tells 404 from 405, and which methods there are.
		probe := &discard{header: http.Header{}, status: http.StatusNotFound}
		handler.ServeHTTP(probe, r)
		if allow := probe.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
		}
		problems.WriteStatus(w, r, probe.status, fault.NotFound())
	})
}

// discard keeps an answer's status and headers.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
