package accessclient_test

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
)

// T-05: what is no answer to the question is no yes, and what hangs is left.
func TestGarbageIsNoAnswer(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	answering := func(say func(*membershipv1.StreamCheckAccessResponse) *membershipv1.StreamCheckAccessResponse) string {
		return ours.serve(t, workload(t, membership), func(stream checks) error {
			for {
				request, err := stream.Recv()
				if err != nil {
					return err
				}
				if answer := say(yesTo(request)); answer != nil {
					if err := stream.Send(answer); err != nil {
						return err
					}
				}
			}
		})
	}
	for name, addr := range map[string]string{
		"too many answers": answering(func(a *membershipv1.StreamCheckAccessResponse) *membershipv1.StreamCheckAccessResponse {
			a.Results = append(a.Results, a.GetResults()...)
			return a
		}),
		"an empty answer": answering(func(*membershipv1.StreamCheckAccessResponse) *membershipv1.StreamCheckAccessResponse {
			return &membershipv1.StreamCheckAccessResponse{}
		}),
		"answers with an error": answering(func(a *membershipv1.StreamCheckAccessResponse) *membershipv1.StreamCheckAccessResponse {
			a.Error = status.New(codes.Unavailable, "not now").Proto()
			return a
		}),
		"silence": answering(func(*membershipv1.StreamCheckAccessResponse) *membershipv1.StreamCheckAccessResponse { return nil }),
		"an answer before the question": ours.serve(t, workload(t, membership), func(stream checks) error {
			if err := stream.Send(yesTo(&membershipv1.StreamCheckAccessRequest{Checks: []*membershipv1.CheckAccessRequest{{}}})); err != nil {
				return err
			}
			<-stream.Context().Done()
			return nil
		}),
		"an end at once": ours.serve(t, workload(t, membership), func(checks) error { return nil }),
		"a refusal": ours.serve(t, workload(t, membership), func(checks) error {
			return status.Error(codes.PermissionDenied, "not you")
		}),
		"noise":  noise(t),
		"nobody": "127.0.0.1:1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := ours.options(t, addr)
			o.Timeout = 200 * time.Millisecond
			c := dial(t, o)
			for range 3 {
				all, err := c.CheckAll(bounded(t), []accessclient.Question{question(), question()})
				require.ErrorIs(t, err, accessclient.ErrUnavailable)
				require.Equal(t, make([]accessclient.Decision, 2), all)
			}
		})
	}
}

// noise answers with what is no TLS.
func noise(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write(make([]byte, 1<<10))
			_, _ = io.CopyN(io.Discard, conn, 1)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestAQuestionWhoseStreamIsLostIsAskedOnceMore(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	for broken, answered := range []bool{true, true, false} {
		var streams atomic.Int64
		addr := ours.serve(t, workload(t, membership), func(stream checks) error {
			if streams.Add(1) > int64(broken) {
				return yes(stream)
			}
			if _, err := stream.Recv(); err != nil {
				return err
			}
			return status.Error(codes.Unavailable, "the server stops")
		})
		d, err := dial(t, ours.options(t, addr)).Check(bounded(t), question())
		require.Equal(t, answered, err == nil, "%d streams are lost: %v", broken, err)
		require.Equal(t, answered, d.Allowed)
	}
}

// Streams follow each other without a question lost.
func TestAStreamIsReplacedWhenItIsOld(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	var streams, lost atomic.Int64
	addr := ours.serve(t, workload(t, membership), func(stream checks) error {
		streams.Add(1)
		err := yes(stream)
		if err != nil {
			lost.Add(1)
		}
		return err
	})
	c := dial(t, ours.options(t, addr))
	c.SetStreamLife(5 * time.Millisecond)
	for streams.Load() < 10 {
		d, err := c.Check(bounded(t), question())
		require.NoError(t, err)
		require.True(t, d.Allowed)
	}
	require.Zero(t, lost.Load())
}

func TestAClosedClientAnswersNobody(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	asked := make(chan struct{})
	addr := ours.serve(t, workload(t, membership), func(stream checks) error {
		if _, err := stream.Recv(); err != nil {
			return err
		}
		close(asked)
		<-stream.Context().Done()
		return nil
	})
	c, err := accessclient.Dial(t.Context(), ours.options(t, addr))
	require.NoError(t, err)
	ctx, answered := bounded(t), make(chan error, 1)
	go func() {
		_, err := c.Check(ctx, question())
		answered <- err
	}()
	<-asked
	require.NoError(t, c.Close())
	require.ErrorIs(t, <-answered, accessclient.ErrUnavailable)
	d, err := c.Check(ctx, question())
	require.ErrorIs(t, err, accessclient.ErrUnavailable)
	require.Zero(t, d)
	for _, err := range c.Watch(ctx, accessclient.Watched{Account: question().Account}) {
		require.ErrorIs(t, err, accessclient.ErrUnavailable)
	}
}

// One part without an answer leaves no yes to the others.
func TestManyQuestionsAreAnsweredAllOrNone(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	addr := ours.serve(t, workload(t, membership), func(stream checks) error {
		for n := 0; ; n++ {
			request, err := stream.Recv()
			if err != nil {
				return err
			}
			answer := yesTo(request)
			if n > 0 {
				answer = &membershipv1.StreamCheckAccessResponse{Error: status.New(codes.Unavailable, "not now").Proto()}
			}
			if err := stream.Send(answer); err != nil {
				return err
			}
		}
	})
	questions := make([]accessclient.Question, 1001)
	for n := range questions {
		questions[n] = question()
	}
	all, err := dial(t, ours.options(t, addr)).CheckAll(bounded(t), questions)
	require.ErrorIs(t, err, accessclient.ErrUnavailable)
	require.Equal(t, make([]accessclient.Decision, 1001), all)
}
