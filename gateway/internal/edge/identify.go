package edge

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/session"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	requestIDHeader = "X-Request-Id"
	maxRequestID    = 128
	// maxAgent bounds the user agent that is kept as evidence, in bytes.
	maxAgent = 400
)

// identify notes what the edge saw of the request: its id, given back in the
// answer, its language and its origin, shortened.
func (e *edge) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requestID := r.Header.Get(requestIDHeader)
		if !isRequestID(requestID) {
			requestID = uuid.NewString()
		}
		w.Header().Set(requestIDHeader, requestID)
		remote := e.remote(r)
		ctx := clients.WithSeen(r.Context(), clients.Seen{
			Network:     network(remote),
			Source:      source(remote),
			DeviceToken: session.DeviceIn(r),
			Agent:       printable(r.UserAgent()),
			RequestKey:  r.Header.Get("Idempotency-Key"),
			IfMatch:     strings.Trim(r.Header.Get("If-Match"), `"`),
			RequestID:   requestID,
		})
		locale := fault.Language(strings.Join(r.Header.Values("Accept-Language"), ","))
		ctx = authn.NewContext(ctx, authn.Caller{Locale: locale})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// isRequestID keeps what a log line cannot be forged with.
func isRequestID(text string) bool {
	if text == "" || len(text) > maxRequestID {
		return false
	}
	return strings.IndexFunc(text, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
	}) < 0
}

// remote is the caller's address: the connection's, or what a trusted proxy
// added last.
func (e *edge) remote(r *http.Request) netip.Addr {
	peer := addressOf(r.RemoteAddr)
	for _, proxy := range e.options.TrustedProxies {
		if !proxy.Contains(peer) {
			continue
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			return last.Unmap().WithZone("")
		}
	}
	return peer
}

func addressOf(hostPort string) netip.Addr {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		return netip.Addr{}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// network cuts an address to /24 or /48: enough as evidence, no person.
func network(address netip.Addr) string { return cut(address, 24, 48) }

// source cuts an address to /32 or /56: one line, as providers give them out.
func source(address netip.Addr) string { return cut(address, 32, 56) }

func cut(address netip.Addr, version4, version6 int) string {
	if !address.IsValid() {
		return ""
	}
	bits := version6
	if address.Is4() {
		bits = version4
	}
	return netip.PrefixFrom(address, bits).Masked().String()
}

func printable(agent string) string {
	agent = strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) && c < unicode.MaxASCII {
			return c
		}
		return -1
	}, agent)
	return agent[:min(len(agent), maxAgent)]
}
