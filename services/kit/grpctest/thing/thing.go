// Package thing is a small gRPC contract made in memory, for tests of the
// server and the client around services: its methods carry any rules, without
// one of Aval's own contracts.
package thing

import (
	"context"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
)

// Service has the methods "/test.v1.Things/<name>", each with its rule, that
// all take and give a Thing{organization_id, label, request_id} whose label has
// at most 5 characters. The one named Watch is a stream with one answer.
type Service struct {
	// Contracts finds the service's descriptor.
	Contracts *protoregistry.Files
	// Do is what the service does; it gives the request back when not set.
	Do func(ctx context.Context, req *dynamicpb.Message) (proto.Message, error)

	thing protoreflect.MessageDescriptor
	rules map[string]*authzv1.Rule
}

// New makes the contract; a nil rule leaves a method without one.
func New(t testing.TB, rules map[string]*authzv1.Rule) *Service {
	t.Helper()
	file, err := protodesc.NewFile(describe(rules), protoregistry.GlobalFiles)
	require.NoError(t, err)
	files := &protoregistry.Files{}
	require.NoError(t, files.RegisterFile(file))
	return &Service{
		Contracts: files,
		thing:     file.Messages().Get(0),
		rules:     rules,
		Do: func(_ context.Context, req *dynamicpb.Message) (proto.Message, error) {
			return req, nil
		},
	}
}

func describe(rules map[string]*authzv1.Rule) *descriptorpb.FileDescriptorProto {
	label := text("label", 2)
	label.Options = &descriptorpb.FieldOptions{}
	proto.SetExtension(label.Options, validate.E_Field, &validate.FieldRules{
		Type: &validate.FieldRules_String_{String_: &validate.StringRules{MaxLen: proto.Uint64(5)}},
	})
	service := &descriptorpb.ServiceDescriptorProto{Name: proto.String("Things")}
	for name, rule := range rules {
		options := &descriptorpb.MethodOptions{}
		if rule != nil {
			proto.SetExtension(options, authzv1.E_Rule, rule)
		}
		service.Method = append(service.Method, &descriptorpb.MethodDescriptorProto{
			Name:            proto.String(name),
			InputType:       proto.String(".test.v1.Thing"),
			OutputType:      proto.String(".test.v1.Thing"),
			ServerStreaming: proto.Bool(name == "Watch"),
			Options:         options,
		})
	}
	return &descriptorpb.FileDescriptorProto{
		Name:       proto.String("test/v1/things.proto"),
		Package:    proto.String("test.v1"),
		Syntax:     proto.String("proto3"),
		Dependency: []string{"aval/authz/v1/rule.proto", "buf/validate/validate.proto"},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name:  proto.String("Thing"),
			Field: []*descriptorpb.FieldDescriptorProto{text("organization_id", 1), label, text("request_id", 3)},
		}},
		Service: []*descriptorpb.ServiceDescriptorProto{service},
	}
}

func text(name string, number int32) *descriptorpb.FieldDescriptorProto {
	return &descriptorpb.FieldDescriptorProto{
		Name:   proto.String(name),
		Number: proto.Int32(number),
		Type:   descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
		Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
}

// Register registers the service as generated code would.
func (s *Service) Register(server *grpc.Server) {
	desc := &grpc.ServiceDesc{ServiceName: "test.v1.Things", HandlerType: (*any)(nil)}
	for name := range s.rules {
		if name == "Watch" {
			desc.Streams = append(desc.Streams, grpc.StreamDesc{
				StreamName: name, Handler: s.watch, ServerStreams: true,
			})
			continue
		}
		desc.Methods = append(desc.Methods, grpc.MethodDesc{MethodName: name, Handler: s.handler(name)})
	}
	server.RegisterService(desc, s)
}

func (s *Service) handler(name string) grpc.MethodHandler {
	return func(srv any, ctx context.Context, dec func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
		req := dynamicpb.NewMessage(s.thing)
		if err := dec(req); err != nil {
			return nil, err
		}
		info := &grpc.UnaryServerInfo{Server: srv, FullMethod: "/test.v1.Things/" + name}
		return chain(ctx, req, info, func(ctx context.Context, req any) (any, error) {
			return s.Do(ctx, req.(*dynamicpb.Message))
		})
	}
}

func (s *Service) watch(_ any, stream grpc.ServerStream) error {
	req := dynamicpb.NewMessage(s.thing)
	if err := stream.RecvMsg(req); err != nil {
		return err
	}
	resp, err := s.Do(stream.Context(), req)
	if err != nil {
		return err
	}
	return stream.SendMsg(resp)
}

// With makes a Thing.
func (s *Service) With(organization, label string) *dynamicpb.Message {
	message := dynamicpb.NewMessage(s.thing)
	s.set(message, "organization_id", organization)
	s.set(message, "label", label)
	return message
}

// WithRequestID makes a Thing that may be sent again.
func (s *Service) WithRequestID(requestID string) *dynamicpb.Message {
	message := dynamicpb.NewMessage(s.thing)
	s.set(message, "request_id", requestID)
	return message
}

func (s *Service) set(message *dynamicpb.Message, field, value string) {
	message.Set(s.thing.Fields().ByName(protoreflect.Name(field)), protoreflect.ValueOfString(value))
}

// Call calls a unary method.
func (s *Service) Call(ctx context.Context, conn *grpc.ClientConn, name string, req proto.Message) error {
	return conn.Invoke(ctx, "/test.v1.Things/"+name, req, dynamicpb.NewMessage(s.thing))
}

// Watch opens the stream and reads its one message.
func (s *Service) Watch(ctx context.Context, conn *grpc.ClientConn, req proto.Message) error {
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/test.v1.Things/Watch")
	if err != nil {
		return err
	}
	if err := stream.SendMsg(req); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(dynamicpb.NewMessage(s.thing))
}
