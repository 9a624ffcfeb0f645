package authn

import (
	"context"

	"google.golang.org/grpc/metadata"

	"github.com/aval-access/aval/services/kit/fault"
)

// localeOf gives the language that accept-language of the incoming metadata
// prefers, among those that Aval speaks.
func localeOf(ctx context.Context) string {
	values := metadata.ValueFromIncomingContext(ctx, localeKey)
	if len(values) == 0 {
		return fault.Language("")
	}
	return fault.Language(values[0])
}
