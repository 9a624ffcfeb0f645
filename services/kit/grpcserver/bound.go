package grpcserver

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

var (
	errStopping = errors.New("the server stops")
	errLong     = errors.New("the stream has lasted as long as it may")
)

// boundStream gives every stream an end. It ends when the server stops, which
// would else wait for it until its timeout. And one that was opened for a person
// ends after a minute: what they may do is looked at when they ask. One of a
// workload lasts as its connection does, which is all that lets it in.
func (s *Server) boundStream(
	srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	ctx, end := context.WithCancelCause(ss.Context())
	defer end(nil)
	defer context.AfterFunc(s.life, func() { end(errStopping) })()
	if authn.FromContext(ctx).Person != nil {
		defer time.AfterFunc(s.options.StreamLife, func() { end(errLong) }).Stop()
	}
	bounded := &boundedStream{ServerStream: ss, ctx: ctx, wanted: make(chan any), got: make(chan error, 1)}
	s.receivers.Go(bounded.receive)
	return handler(srv, bounded)
}

// boundedStream is a stream whose context ends when it should; who waits for a
// message then waits no longer. What gRPC gives waits until the client acts.
type boundedStream struct {
	grpc.ServerStream
	ctx    context.Context
	wanted chan any
	got    chan error
}

func (s *boundedStream) Context() context.Context { return s.ctx }

func (s *boundedStream) RecvMsg(m any) error {
	if s.ctx.Err() != nil {
		return s.ended()
	}
	select {
	case s.wanted <- m:
	case <-s.ctx.Done():
		return s.ended()
	}
	select {
	case err := <-s.got:
		return err
	case <-s.ctx.Done():
		return s.ended()
	}
}

// receive waits in the place of who calls RecvMsg; it ends with the stream,
// soon after the method has returned.
func (s *boundedStream) receive() {
	for {
		select {
		case m := <-s.wanted:
			s.got <- s.ServerStream.RecvMsg(m)
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *boundedStream) ended() error {
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(context.Cause(s.ctx)))
}
