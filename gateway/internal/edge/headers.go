package edge

import (
	"net/http"
	"strings"

	"github.com/aval-access/aval/services/kit/fault"
)

// maxKey bounds an Idempotency-Key, as request_id is bounded.
const maxKey = 128

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
