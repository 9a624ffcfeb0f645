package grpcserver_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/grpctest/thing"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func TestHealthAndMetrics(t *testing.T) {
	t.Parallel()
	observed, stop, err := telemetry.Start(t.Context(), "membership", telemetry.Config{}, telemetry.WithLogOutput(io.Discard))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop(context.Background())) })
	var broken sync.Map
	b := setup(t, func(o *grpctest.Options, _ *thing.Service) {
		o.Server.Telemetry = observed
		o.Server.Ready = func(context.Context) error {
			if _, down := broken.Load("database"); down {
				return errors.New("no database")
			}
			return nil
		}
	})

	t.Run("any workload may ask for health over mutual TLS", func(t *testing.T) {
		answer, err := healthv1.NewHealthClient(b.Client(t, "somebody")).Check(t.Context(), &healthv1.HealthCheckRequest{})
		require.NoError(t, err)
		require.Equal(t, healthv1.HealthCheckResponse_SERVING, answer.GetStatus())
	})

	t.Run("requests are counted by method and code", func(t *testing.T) {
		require.Error(t, b.things.Call(t.Context(), b.Client(t, "gateway"), "Run", b.things.With("", "")))
		_, body := get(t, b.ProbeAddr(), "/metrics")
		require.Regexp(t, `aval_grpc_server_requests_total\{code="PermissionDenied",method="/test.v1.Things/Run"\} 1`, body)
		require.Contains(t, body, "aval_grpc_server_duration_seconds_bucket")
	})

	t.Run("what a stream answers is counted by method", func(t *testing.T) {
		token := grpcclient.WithPerson(t.Context(), b.Signer.Person(t, b.user, b.org))
		require.NoError(t, b.things.Watch(token, b.Client(t, "gateway"), b.things.With(b.org.Text("org"), "")))
		_, body := get(t, b.ProbeAddr(), "/metrics")
		require.Contains(t, body, `aval_grpc_server_stream_messages_total{method="/test.v1.Things/Watch"} 1`)
	})

	t.Run("the process is alive and not ready without its database", func(t *testing.T) {
		code, _ := get(t, b.ProbeAddr(), "/readyz")
		require.Equal(t, http.StatusNoContent, code)
		broken.Store("database", true)
		code, _ = get(t, b.ProbeAddr(), "/readyz")
		require.Equal(t, http.StatusServiceUnavailable, code)
		code, _ = get(t, b.ProbeAddr(), "/livez")
		require.Equal(t, http.StatusNoContent, code)
	})
}

func get(t *testing.T, addr, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + addr + path)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}
