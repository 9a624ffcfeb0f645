package clients

import "context"

// Seen is what the edge itself saw of the request that it serves. No client
// can set any of it.
type Seen struct {
	// Network is the caller's, cut to /24 or /48. Personal data: never log it.
	Network string
	// Source is what attempts are counted by: /32 or /56. Personal data: it goes
	// to identity, which keeps a hash.
	Source string
	// DeviceToken is the cookie of a browser that somebody signed in with before.
	// Secret.
	DeviceToken string
	// Agent is the user agent, cut to 400 bytes. Personal data.
	Agent string
	// Organization is the one that the browser is signed in to, "org_…"; empty
	// without a session or before the choice.
	Organization string
	// RequestKey is the Idempotency-Key; empty when none came.
	RequestKey string
	// IfMatch is the etag of If-Match, without its quotes; empty when none came.
	IfMatch string
	// RequestID is the id of the HTTP request, for the logs.
	RequestID string
}

type seenKey struct{}

// WithSeen gives a context whose calls carry what the edge saw.
func WithSeen(ctx context.Context, s Seen) context.Context {
	return context.WithValue(ctx, seenKey{}, s)
}

// SeenIn gives what the edge saw; the zero value outside a request.
func SeenIn(ctx context.Context) Seen {
	s, _ := ctx.Value(seenKey{}).(Seen)
	return s
}

// WithOrganization notes the organisation that the session acts in.
func WithOrganization(ctx context.Context, organization string) context.Context {
	s := SeenIn(ctx)
	s.Organization = organization
	return WithSeen(ctx, s)
}
