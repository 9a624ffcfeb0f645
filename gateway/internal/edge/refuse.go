package edge

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/problem"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// healthPath is asked by load balancers, which know no host name.
const healthPath = "/healthz"

// maxKey bounds an Idempotency-Key, as request_id is bounded.
const maxKey = 128

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

// maxHeaderBytes bounds names and values together, exactly; net/http refuses
// what is far beyond while it reads.
const maxHeaderBytes = 16 << 10

func tooLong(header http.Header) bool {
	size := 0
	for name, values := range header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	return size > maxHeaderBytes
}

// once are headers that decide about access: two of them mean that somebody
// hopes for two readers who disagree.
var once = [...]string{
	"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-Id",
	"Origin", "Sec-Fetch-Site", "Traceparent", "X-Request-Id",
}

// cleanHeaders drops names with an underscore and those that Connection lists,
// and refuses duplicates of the headers that decide.
func (e *edge) cleanHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tooLong(r.Header) {
			e.options.Problems.WriteStatus(w, r, http.StatusRequestHeaderFieldsTooLarge, fault.Invalid("headers", "string.max_bytes"))
			return
		}
		dropHopByHop(r.Header)
		for _, name := range once {
			if len(r.Header.Values(name)) > 1 {
				e.options.Problems.Write(w, r, fault.Invalid(name, "header.duplicate"))
				return
			}
		}
		if !isKey(r.Header.Get("Idempotency-Key")) {
			e.options.Problems.Write(w, r, fault.Invalid("Idempotency-Key", "string.max_len"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func dropHopByHop(header http.Header) {
	for _, line := range header.Values("Connection") {
		for name := range strings.SplitSeq(line, ",") {
			header.Del(strings.TrimSpace(name))
		}
	}
	for name := range header {
		if strings.Contains(name, "_") {
			delete(header, name)
		}
	}
}

func isKey(key string) bool {
	if len(key) > maxKey {
		return false
	}
	return strings.IndexFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}

// SameSite refuses what a browser sends to the API from another site. Pages do
// the same with a page.
func SameSite(problems *problem.Writer, next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		problems.Write(w, r, fault.New(reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED))
	}))
	return protection.Handler(next)
}

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
