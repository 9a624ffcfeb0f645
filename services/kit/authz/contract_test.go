package authz_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
)

// method is the full name of the only method of a contract made here.
const method = "/test.v1.ThingService/DoThing"

// contract makes a service with one method under a rule; a nil rule for none.
// Its request has the fields organization_id and request_id.
func contract(t *testing.T, rule *authzv1.Rule) protoreflect.ServiceDescriptor {
	t.Helper()
	options := &descriptorpb.MethodOptions{}
	if rule != nil {
		proto.SetExtension(options, authzv1.E_Rule, rule)
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:       proto.String("test/v1/thing.proto"),
		Package:    proto.String("test.v1"),
		Syntax:     proto.String("proto3"),
		Dependency: []string{"aval/authz/v1/rule.proto"},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name:  proto.String("DoThingRequest"),
			Field: []*descriptorpb.FieldDescriptorProto{text("organization_id", 1), text("request_id", 2)},
		}},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name: proto.String("ThingService"),
			Method: []*descriptorpb.MethodDescriptorProto{{
				Name:       proto.String("DoThing"),
				InputType:  proto.String(".test.v1.DoThingRequest"),
				OutputType: proto.String(".test.v1.DoThingRequest"),
				Options:    options,
			}},
		}},
	}, protoregistry.GlobalFiles)
	require.NoError(t, err)
	return file.Services().Get(0)
}

func text(name string, number int32) *descriptorpb.FieldDescriptorProto {
	return &descriptorpb.FieldDescriptorProto{
		Name:   proto.String(name),
		Number: proto.Int32(number),
		Type:   descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
		Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
}

// request makes a request that names an organisation.
func request(service protoreflect.ServiceDescriptor, organization string) proto.Message {
	message := dynamicpb.NewMessage(service.Methods().Get(0).Input())
	field := message.Descriptor().Fields().ByName("organization_id")
	message.Set(field, protoreflect.ValueOfString(organization))
	return message
}
