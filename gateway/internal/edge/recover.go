package edge

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/aval-access/aval/gateway/internal/clients"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// recovered answers for a route that panicked.
func (e *edge) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			e.options.Problems.Log().ErrorContext(r.Context(), "route panicked",
				slog.String("request_id", clients.SeenIn(r.Context()).RequestID),
				slog.String("stack", string(debug.Stack())))
			e.options.Problems.Write(w, r, fault.New(reasonv1.Reason_REASON_INTERNAL, fault.Cause(fmt.Errorf("panic: %v", cause))))
		}()
		next.ServeHTTP(w, r)
	})
}
