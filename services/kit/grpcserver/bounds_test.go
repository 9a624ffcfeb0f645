package grpcserver

import (
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// T-16: a NUL is found wherever a text stands.
func TestNulIsFoundInEveryText(t *testing.T) {
	t.Parallel()
	for text, place := range map[string]string{
		`{"text": "a\u0001"}`:                    "",
		`{"text": "a\u0000b"}`:                   "text",
		`{"texts": ["a", "\u0000"]}`:             "texts[1]",
		`{"boxes": [{}, {"text": "\u0000"}]}`:    "boxes[1].text",
		`{"box": {"box": {"texts":["\u0000"]}}}`: "box.box.texts[0]",
	} {
		require.Equal(t, place, nulIn(box(t, text), ""), text)
	}
}

// T-16: a list over its contract's limit is found before its items are looked
// at, at every depth.
func TestListsOverTheirLimitAreFound(t *testing.T) {
	t.Parallel()
	for text, place := range map[string]string{
		`{"texts": ["a", "b"]}`:                             "",
		`{"texts": ["a", "b", "c"]}`:                        "texts",
		`{"boxes": [{}, {}, {"texts": ["a", "b", "c"]}]}`:   "boxes[2].texts",
		`{"box": {"boxes": [{"texts": ["a", "b", "c"]}] }}`: "box.boxes[0].texts",
	} {
		require.Equal(t, place, overlongIn(box(t, text), ""), text)
	}
}

// box makes a message Box{text, at most two texts, any boxes, one box}.
func box(t *testing.T, text string) protoreflect.Message {
	t.Helper()
	file, err := protodesc.NewFile(boxFile(), protoregistry.GlobalFiles)
	require.NoError(t, err)
	message := dynamicpb.NewMessage(file.Messages().Get(0))
	require.NoError(t, protojson.Unmarshal([]byte(text), message))
	return message
}

func boxFile() *descriptorpb.FileDescriptorProto {
	two := &descriptorpb.FieldOptions{}
	proto.SetExtension(two, validate.E_Field, &validate.FieldRules{
		Type: &validate.FieldRules_Repeated{Repeated: &validate.RepeatedRules{MaxItems: proto.Uint64(2)}},
	})
	field := func(name string, number int32, options *descriptorpb.FieldOptions) *descriptorpb.FieldDescriptorProto {
		f := &descriptorpb.FieldDescriptorProto{
			Name: proto.String(name), Number: proto.Int32(number), Options: options,
			Type:  descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
		if strings.HasPrefix(name, "box") {
			f.Type, f.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String(".test.v1.Box")
		}
		if strings.HasSuffix(name, "s") {
			f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}
		return f
	}
	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("test/v1/box.proto"), Package: proto.String("test.v1"), Syntax: proto.String("proto3"),
		Dependency: []string{"buf/validate/validate.proto"},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Box"),
			Field: []*descriptorpb.FieldDescriptorProto{
				field("text", 1, nil), field("texts", 2, two), field("boxes", 3, nil), field("box", 4, nil),
			},
		}},
	}
}
