// Package bustest gives each test a broker of its own, with the streams made,
// and an event message that belongs to no context.
package bustest

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/natsboot"
)

// SampleSubject is the subject of Sample's message.
const SampleSubject = "aval.membership.v1.sample.made"

// Start gives a connection to a fresh broker; both go with the test.
func Start(t testing.TB) *bus.Conn {
	t.Helper()
	return Connect(t, Server(t), "test")
}

// Server starts a fresh broker with the streams made, for tests that connect
// several services.
func Server(t testing.TB) *natsboot.Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "aval-nats-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	server, err := natsboot.Start(natsboot.Options{StoreDir: dir, Volatile: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	conn := Connect(t, server, "provisioner")
	require.NoError(t, bus.Streams(t.Context(), conn.JS()))
	return server
}

// Connect gives one more connection to the broker.
func Connect(t testing.TB, server *natsboot.Server, name string) *bus.Conn {
	t.Helper()
	conn, err := bus.Connect(bus.Config{Name: name, InProcess: server.InProcess()})
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

// sampleType is registered before any test begins: protobuf's registry is the
// process's, and who walks over it while a writer waits may wait for ever.
var sampleType = registerSample()

// Sample makes an event message that holds a text.
func Sample(text string) proto.Message {
	m := sampleType.New()
	m.Set(m.Descriptor().Fields().ByName("text"), protoreflect.ValueOfString(text))
	return m.Interface()
}

// Text reads a message that Sample made.
func Text(m proto.Message) string {
	r := m.ProtoReflect()
	return r.Get(r.Descriptor().Fields().ByName("text")).String()
}

func registerSample() protoreflect.MessageType {
	options := &descriptorpb.MessageOptions{}
	proto.SetExtension(options, eventv1.E_Subject, SampleSubject)
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:       proto.String("aval/bustest/sample.proto"),
		Package:    proto.String("aval.bustest"),
		Syntax:     proto.String("proto3"),
		Dependency: []string{eventv1.File_aval_event_v1_event_proto.Path()},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name:    proto.String("Sample"),
			Options: options,
			Field: []*descriptorpb.FieldDescriptorProto{{
				Name:   proto.String("text"),
				Number: proto.Int32(1),
				Type:   descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
				Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
			}},
		}},
	}, protoregistry.GlobalFiles)
	if err != nil {
		panic(fmt.Sprintf("describing sample event: %v", err))
	}
	sample := dynamicpb.NewMessageType(file.Messages().Get(0))
	if err := protoregistry.GlobalTypes.RegisterMessage(sample); err != nil {
		panic(fmt.Sprintf("registering sample event: %v", err))
	}
	return sample
}
