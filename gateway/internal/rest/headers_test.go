package rest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// E1: exactly these, in any case of letters.
func TestHeaderAllowList(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Traceparent", "Idempotency-Key", "ACCEPT-LANGUAGE", "if-match", "X-Request-Id", "Last-Event-Id"} {
		got, ok := headerMatcher(name)
		require.True(t, ok, name)
		require.Equal(t, strings.ToLower(name), got)
	}
	refused := []string{
		"Authorization", // grpc-gateway hands it on by itself, once
		"Cookie", "Host", "User-Agent", "Grpc-Metadata-Authorization", "Grpc-Timeout", "X-Forwarded-For", "X_Request_Id",
		"If_Match", "Grpc-Metadata-X-Bin", "Tracestate", "Baggage", "Te", "Connection",
	}
	for _, name := range refused {
		_, ok := headerMatcher(name)
		require.False(t, ok, name)
	}
}
