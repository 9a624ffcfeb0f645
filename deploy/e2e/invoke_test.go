package e2e

import (
	"context"
	"errors"
	"io"
	"time"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"
)

// streamWait bounds the wait for the first answer of a stream.
const streamWait = time.Minute

// invoke calls a method with one message and gives its answer; of a stream, the
// first. An error that a stream's answer holds is the call's.
func invoke(ctx context.Context, conn *grpc.ClientConn, m method, request proto.Message) (proto.Message, error) {
	answer := dynamicpb.NewMessage(m.Output())
	if !m.IsStreamingServer() {
		return answer, conn.Invoke(ctx, m.name, request, answer)
	}
	ctx, cancel := context.WithTimeout(ctx, streamWait)
	defer cancel()
	desc := &grpc.StreamDesc{ServerStreams: true, ClientStreams: m.IsStreamingClient()}
	stream, err := conn.NewStream(ctx, desc, m.name)
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(request); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !m.IsStreamingClient() { // where both speak, the end of one may be that of both
		if err := stream.CloseSend(); err != nil {
			return nil, err
		}
	}
	if err := stream.RecvMsg(answer); err != nil {
		return nil, err
	}
	return answer, heldError(answer)
}

func heldError(answer *dynamicpb.Message) error {
	field := answer.Descriptor().Fields().ByName("error")
	if field == nil || !answer.Has(field) {
		return nil
	}
	raw, err := proto.Marshal(answer.Get(field).Message().Interface())
	if err != nil {
		return err
	}
	held := &statuspb.Status{}
	if err := proto.Unmarshal(raw, held); err != nil {
		return err
	}
	return status.ErrorProto(held)
}
