package gateway

import (
	"context"
	"errors"
	"net/http"

	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// alive says that the process answers; it asks nobody else, or one service
// that is down would take the pages of all others with it.
func alive(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// notFound answers programs; for people there is a page.
func (g *gateway) notFound(w http.ResponseWriter, r *http.Request) {
	g.problems.Write(w, r, fault.NotFound())
}

// ops is the listener that is never public.
func (g *gateway) ops() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", alive)
	mux.HandleFunc("GET /readyz", alive)
	mux.Handle("GET /metrics", g.telemetry.Handler())
	return mux
}

// announce tells the launcher that the listeners answer.
func (g *gateway) announce() lifecycle.Component {
	return lifecycle.Component{Name: "ready", Run: func(ctx context.Context, ready func()) error {
		if g.config.OnReady != nil {
			g.config.OnReady()
		}
		ready()
		<-ctx.Done()
		return nil
	}}
}

// close closes what open opened, last first.
func (g *gateway) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var err error
	for i := len(g.closes) - 1; i >= 0; i-- {
		err = errors.Join(err, g.closes[i](ctx))
	}
	return err
}
