package edge_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/gateway/internal/edge"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStopLetsRunningRequestsFinish(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	server := edge.Server{Name: "test", Listener: listener, Log: telemetry.Discard().Log, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			stop() // while this request runs
			_, _ = io.WriteString(w, "finished")
		})}
	ended := make(chan error, 1)
	go func() { ended <- server.Component().Run(ctx, func() {}) }()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, "http://"+listener.Addr().String(), nil)
	require.NoError(t, err)

	answer, err := transport.RoundTrip(r)

	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, "finished", string(content))
	require.NoError(t, <-ended)
}

func TestAddressInUseIsTold(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	server := edge.Server{Name: "test", Addr: listener.Addr().String(), Log: telemetry.Discard().Log, Handler: http.NotFoundHandler()}
	require.ErrorContains(t, server.Component().Run(t.Context(), func() { require.Fail(t, "ready") }), listener.Addr().String())
}
