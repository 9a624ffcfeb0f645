package edge

import (
	"net/http"

	"github.com/aval-access/aval/gateway/internal/problem"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// SameSite refuses what a browser sends to the API from another site. Pages do
// the same with a page.
func SameSite(problems *problem.Writer, next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		problems.Write(w, r, fault.New(reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED))
	}))
	return protection.Handler(next)
}
