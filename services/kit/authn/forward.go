package authn

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// Names of the metadata that a request carries.
const (
	authorizationKey = "authorization"
	localeKey        = "accept-language"
)

// Forward gives a context whose outgoing calls carry the token of the person
// that the incoming request came for. Nothing is forwarded without this step:
// a service's own calls must not borrow a person's rights by accident.
func Forward(ctx context.Context) context.Context {
	person := FromContext(ctx).Person
	if person == nil {
		return ctx
	}
	return WithToken(ctx, person.Token)
}

// WithToken gives a context whose outgoing calls carry this token, in place of
// any other.
func WithToken(ctx context.Context, token string) context.Context {
	return withOutgoing(ctx, authorizationKey, "Bearer "+token)
}

// WithLocale gives a context whose outgoing calls ask for texts in a language.
func WithLocale(ctx context.Context, locale string) context.Context {
	return withOutgoing(ctx, localeKey, locale)
}

func withOutgoing(ctx context.Context, key, value string) context.Context {
	md, ok := metadata.FromOutgoingContext(ctx)
	if !ok {
		md = metadata.MD{}
	}
	md = md.Copy()
	md.Set(key, value)
	return metadata.NewOutgoingContext(ctx, md)
}
