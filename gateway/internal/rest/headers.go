package rest

import (
	"net/http"
	"slices"
	"strings"
)

// fromOutside are the only headers of a caller that mean anything under /v1.
var fromOutside = [...]string{
	"authorization",
	"traceparent",
	"idempotency-key",
	"accept-language",
	"if-match",
	"x-request-id",
	"last-event-id",
}

// headerMatcher lets those headers alone become metadata. grpc-gateway hands
// authorization on by itself; a second one would be refused.
func headerMatcher(name string) (string, bool) {
	name = strings.ToLower(name)
	if !slices.Contains(fromOutside[:], name) {
		return "", false
	}
	return name, name != "authorization"
}

// allowed is a copy with the headers that mean something, and what the body
// is. Grpc-Timeout, forwarding headers and cookies stay behind.
func allowed(in http.Header) http.Header {
	out := http.Header{}
	for _, name := range append(fromOutside[:], "content-type") {
		if values := in.Values(name); len(values) > 0 {
			out[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
		}
	}
	return out
}

// none lets no metadata of a service become a header.
func none(string) (string, bool) { return "", false }
