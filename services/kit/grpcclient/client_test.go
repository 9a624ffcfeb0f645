package grpcclient_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/grpctest/thing"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/telemetry"
)

type answer = func(ctx context.Context, req *dynamicpb.Message) (proto.Message, error)

type bundle struct {
	*grpctest.Server
	things *thing.Service
}

func setup(t *testing.T, do answer) bundle {
	t.Helper()
	rule := func(i authzv1.Idempotency) *authzv1.Rule {
		return &authzv1.Rule{Callers: []authzv1.CallerClass{authzv1.CallerClass_CALLER_CLASS_ANONYMOUS}, Idempotency: i}
	}
	things := thing.New(t, map[string]*authzv1.Rule{
		"Read":   rule(authzv1.Idempotency_IDEMPOTENCY_UNSPECIFIED),
		"Stored": rule(authzv1.Idempotency_IDEMPOTENCY_REQUEST_ID),
		"Once":   rule(authzv1.Idempotency_IDEMPOTENCY_NONE),
		"Watch":  rule(authzv1.Idempotency_IDEMPOTENCY_UNSPECIFIED),
	})
	things.Do = do
	return bundle{things: things, Server: grpctest.Start(t, grpctest.Options{
		Register: things.Register,
		Server:   grpcserver.Options{Contracts: things.Contracts},
	})}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	unavailable := reasonv1.Reason_REASON_UNAVAILABLE
	cases := []struct {
		name, method, requestID string
		reason                  reasonv1.Reason
		attempts                int64
	}{
		{"a read is tried three times", "Read", "", unavailable, 3},
		{"a mutation with a request_id is tried three times", "Stored", "r-1", unavailable, 3},
		{"a mutation without one is tried once", "Stored", "", unavailable, 1},
		{"what is not idempotent is tried once", "Once", "r-1", unavailable, 1},
		{"a revocation that waited is not asked again", "Read", "", reasonv1.Reason_REASON_REVOCATION_PENDING, 1},
		{"a refusal is not asked again", "Read", "", reasonv1.Reason_REASON_NOT_FOUND, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int64
			b := setup(t, func(context.Context, *dynamicpb.Message) (proto.Message, error) {
				attempts.Add(1)
				return nil, fault.New(c.reason)
			})

			err := b.things.Call(t.Context(), b.Client(t, "gateway"), c.method, b.things.WithRequestID(c.requestID))

			require.Equal(t, c.reason, fault.ReasonOf(err))
			require.Equal(t, c.attempts, attempts.Load())
		})
	}

	t.Run("a server that comes back is heard", func(t *testing.T) {
		t.Parallel()
		var attempts atomic.Int64
		b := setup(t, func(_ context.Context, req *dynamicpb.Message) (proto.Message, error) {
			if attempts.Add(1) < 3 {
				return nil, fault.New(unavailable)
			}
			return req, nil
		})
		require.NoError(t, b.things.Call(t.Context(), b.Client(t, "gateway"), "Read", b.things.With("", "")))
	})
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	seen := make(chan time.Duration, 1)
	b := setup(t, func(ctx context.Context, req *dynamicpb.Message) (proto.Message, error) {
		deadline, ok := ctx.Deadline()
		require.True(t, ok)
		seen <- time.Until(deadline)
		return req, nil
	})
	conn := b.ClientAsServed(t, "gateway")

	t.Run("a call without a deadline gets ten seconds", func(t *testing.T) {
		require.NoError(t, b.things.Call(context.Background(), conn, "Read", b.things.With("", "")))
		require.InDelta(t, 10, (<-seen).Seconds(), 1)
	})

	t.Run("a call ends before the request that it serves", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		require.NoError(t, b.things.Call(ctx, conn, "Read", b.things.With("", "")))
		require.LessOrEqual(t, (<-seen).Seconds(), 4*0.95)
	})
}

func TestOnlyTheNamedServerIsTalkedTo(t *testing.T) {
	t.Parallel()
	b := setup(t, func(_ context.Context, req *dynamicpb.Message) (proto.Message, error) { return req, nil })
	conn, err := grpcclient.Dial(b.Addr(), grpcclient.Options{
		TLS:       b.PKI.MTLS(t, "gateway"),
		Server:    grpctest.ID("identity"),
		Telemetry: telemetry.Discard(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })

	err = b.things.Call(t.Context(), conn, "Read", b.things.With("", ""))

	require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE), err)
}

func TestFaultsComeBackFromStreams(t *testing.T) {
	t.Parallel()
	b := setup(t, func(context.Context, *dynamicpb.Message) (proto.Message, error) { return nil, fault.NotFound() })

	err := b.things.Watch(t.Context(), b.Client(t, "gateway"), b.things.With("", ""))

	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), err)
}

func TestWhatACallCarries(t *testing.T) {
	t.Parallel()
	seen := make(chan metadata.MD, 1)
	b := setup(t, func(ctx context.Context, req *dynamicpb.Message) (proto.Message, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		seen <- md
		return req, nil
	})
	conn := b.Client(t, "gateway")
	token := b.Signer.Person(t, id.New(), id.New())
	serving := authn.NewContext(t.Context(), authn.Caller{Locale: "en", Person: &authn.Person{Token: token}})
	call := func(ctx context.Context) metadata.MD {
		require.NoError(t, b.things.Call(ctx, conn, "Read", b.things.With("", "")))
		return <-seen
	}

	t.Run("the person's token stays behind unless it is forwarded", func(t *testing.T) {
		require.Empty(t, call(serving).Get("authorization"))
		require.Equal(t, []string{"Bearer " + token}, call(authn.Forward(serving)).Get("authorization"))
	})

	t.Run("the language goes along", func(t *testing.T) {
		require.Equal(t, []string{"en"}, call(serving).Get("accept-language"))
	})

	t.Run("nothing to forward is nothing sent", func(t *testing.T) {
		require.Empty(t, call(authn.Forward(t.Context())).Get("authorization"))
	})
}
