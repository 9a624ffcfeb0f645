package gateway

import (
	"net/http"
)

// alive says that the process answers; it asks nobody else, or one service
// that is down would take the pages of all others with it.
func alive(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// ops is the listener that is never public.
func (g *gateway) ops() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", alive)
	mux.HandleFunc("GET /readyz", alive)
	mux.Handle("GET /metrics", g.telemetry.Handler())
	return mux
}
