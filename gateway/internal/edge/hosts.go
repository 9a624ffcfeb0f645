package edge

import (
	"net/http"
	"strings"

	"github.com/aval-access/aval/services/kit/fault"
)

// healthPath is asked by load balancers, which know no host name.
const healthPath = "/healthz"

func hostSet(hosts []string) map[string]bool {
	set := map[string]bool{}
	for _, host := range hosts {
		set[strings.ToLower(host)] = true
	}
	return set
}

// knownHost answers 421 to names that are not ours, so that no cache and no
// link ever holds one of them.
func (e *edge) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != healthPath && !e.hosts[strings.ToLower(r.Host)] {
			e.options.Problems.WriteStatus(w, r, http.StatusMisdirectedRequest, fault.NotFound())
			return
		}
		next.ServeHTTP(w, r)
	})
}
