package grpcserver_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/grpctest/thing"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestStop(t *testing.T) {
	t.Parallel()

	t.Run("a running call is answered before the server ends", func(t *testing.T) {
		t.Parallel()
		entered, release := make(chan struct{}), make(chan struct{})
		c := startCancelled(t, func(_ context.Context, req *dynamicpb.Message) (proto.Message, error) {
			close(entered)
			<-release
			return req, nil
		})
		answered := make(chan error, 1)
		conn := c.client.Client(t, "gateway")
		go func() { answered <- c.things.Call(context.Background(), conn, "Open", c.things.With("", "")) }()
		await(t, entered)

		c.cancel()
		close(release)

		require.NoError(t, <-answered)
		require.NoError(t, <-c.ended)
	})

	t.Run("a call that does not end is cut after the timeout", func(t *testing.T) {
		t.Parallel()
		entered := make(chan struct{})
		c := startCancelled(t, func(ctx context.Context, req *dynamicpb.Message) (proto.Message, error) {
			close(entered)
			<-ctx.Done()
			return nil, ctx.Err()
		})
		answered := make(chan error, 1)
		conn := c.client.Client(t, "gateway")
		go func() { answered <- c.things.Call(context.Background(), conn, "Open", c.things.With("", "")) }()
		await(t, entered)

		c.cancel()

		require.NoError(t, <-c.ended)
		require.Error(t, <-answered)
	})
}

// cancelled is a server that the test itself stops.
type cancelled struct {
	things *thing.Service
	client *grpctest.Server
	cancel context.CancelFunc
	ended  chan error
}

func startCancelled(t *testing.T, do func(context.Context, *dynamicpb.Message) (proto.Message, error)) cancelled {
	t.Helper()
	pki := grpctest.NewPKI(t)
	things := thing.New(t, standardRules())
	things.Do = do
	server, err := grpcserver.New(grpcserver.Options{
		Name:        "membership",
		TLS:         pki.MTLS(t, "membership"),
		Telemetry:   telemetry.Discard(),
		Contracts:   things.Contracts,
		StopTimeout: 200 * time.Millisecond,
	})
	require.NoError(t, err)
	things.Register(server.GRPC())
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- server.Component("127.0.0.1:0").Run(ctx, func() { close(ready) }) }()
	<-ready
	return cancelled{things: things, client: grpctest.Attach(server, pki, "membership"), cancel: cancel, ended: ended}
}

func await(t *testing.T, happened <-chan struct{}) {
	t.Helper()
	select {
	case <-happened:
	case <-time.After(10 * time.Second):
		require.FailNow(t, "it did not happen in time")
	}
}

// A5
func TestEveryStreamEnds(t *testing.T) {
	t.Parallel()

	t.Run("a stream whose client is silent does not hold the stop up", func(t *testing.T) {
		t.Parallel()
		pki := grpctest.NewPKI(t)
		server, err := grpcserver.New(grpcserver.Options{
			Name: "membership", TLS: pki.MTLS(t, "membership"), Telemetry: telemetry.Discard(), StopTimeout: time.Hour,
		})
		require.NoError(t, err)
		stop := lifecycletest.Run(t, server.Component("127.0.0.1:0"))
		client := reflectionv1.NewServerReflectionClient(grpctest.Attach(server, pki, "membership").Client(t, "gateway"))
		stream, err := client.ServerReflectionInfo(t.Context())
		require.NoError(t, err)
		require.NoError(t, stream.Send(&reflectionv1.ServerReflectionRequest{
			MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
		}))
		_, err = stream.Recv()
		require.NoError(t, err)

		stop()

		_, err = stream.Recv()
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE), err)
	})

	t.Run("a stream whose client went away is nobody's error", func(t *testing.T) {
		t.Parallel()
		log, begun := &buffer{}, make(chan struct{})
		observed, flush, err := telemetry.Start(t.Context(), "membership", telemetry.Config{LogLevel: slog.LevelDebug}, telemetry.WithLogOutput(log))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, flush(context.Background())) })
		b := setup(t, func(o *grpctest.Options, s *thing.Service) {
			o.Server.Telemetry = observed
			s.Do = func(ctx context.Context, _ *dynamicpb.Message) (proto.Message, error) {
				close(begun)
				<-ctx.Done()
				return nil, errors.New("the transport is closing")
			}
		})
		ctx, leave := context.WithCancel(grpcclient.WithPerson(t.Context(), b.Signer.Person(t, b.user, b.org)))
		defer leave()
		go func() {
			<-begun
			leave()
		}()
		require.Error(t, b.things.Watch(ctx, b.Client(t, "gateway"), b.things.With(b.org.Text("org"), "")))
		require.Eventually(t, func() bool { return strings.Contains(log.String(), "/Watch") }, 10*time.Second, time.Millisecond)
		require.NotContains(t, log.String(), "ERROR")
	})

	t.Run("a stream that was opened for a person has a time", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(o *grpctest.Options, s *thing.Service) {
			o.Server.StreamLife = time.Millisecond
			s.Do = func(ctx context.Context, _ *dynamicpb.Message) (proto.Message, error) {
				<-ctx.Done()
				return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(context.Cause(ctx)))
			}
		})
		token := b.Signer.Person(t, b.user, b.org)
		err := b.things.Watch(grpcclient.WithPerson(t.Context(), token), b.Client(t, "gateway"), b.things.With(b.org.Text("org"), ""))
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE), err)
	})
}
