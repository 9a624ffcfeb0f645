package page

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func setup(t *testing.T, keys ...[]byte) (*Sealer, *clock.Manual) {
	t.Helper()
	now := clock.NewManual(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	sealer, err := NewSealer(now, keys...)
	require.NoError(t, err)
	return sealer, now
}

func TestSize(t *testing.T) {
	t.Parallel()
	for asked, want := range map[int32]int{-1: 50, 0: 50, 1: 1, 200: 200, 201: 200, 1 << 30: 200} {
		require.Equal(t, want, sizeOf(asked))
	}
}

func TestTokenGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	sealer, _ := setup(t, key(1))
	mine := cursor{tenant: id.New(), user: id.New(), filter: []byte("f"), key: []string{"2026", "x"}}
	token, err := sealer.seal(mine)
	require.NoError(t, err)
	require.NotContains(t, token, "2026")

	got, err := sealer.open(token, cursor{tenant: mine.tenant, user: mine.user, filter: mine.filter})
	require.NoError(t, err)
	require.Equal(t, mine.key, got)

	first, err := sealer.open("", mine)
	require.NoError(t, err)
	require.Empty(t, first)
}

func TestTokenServesOneCallerAndOneList(t *testing.T) {
	t.Parallel()
	sealer, now := setup(t, key(1))
	mine := cursor{tenant: id.New(), user: id.New(), filter: []byte("f"), key: []string{"x"}}
	token, err := sealer.seal(mine)
	require.NoError(t, err)

	tenant, user, filter := mine, mine, mine
	tenant.tenant, user.user, filter.filter = id.New(), id.New(), []byte("g")
	for name, asked := range map[string]cursor{"tenant": tenant, "user": user, "filter": filter} {
		_, err := sealer.open(token, asked)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID), name)
	}
	for _, bad := range []string{"!", token[1:], token + "A", "AAAA"} {
		_, err := sealer.open(bad, mine)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID), bad)
	}
	now.Advance(lifetime)
	_, err = sealer.open(token, mine)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID), "too old")
}

func TestRotationKeepsTheOlderKeyOpen(t *testing.T) {
	t.Parallel()
	older, _ := setup(t, key(1))
	newer, _ := setup(t, key(2), key(1))
	token, err := older.seal(cursor{key: []string{"x"}})
	require.NoError(t, err)
	got, err := newer.open(token, cursor{})
	require.NoError(t, err)
	require.Equal(t, []string{"x"}, got)

	token, err = newer.seal(cursor{key: []string{"x"}})
	require.NoError(t, err)
	_, err = older.open(token, cursor{})
	require.Error(t, err)
}

func TestNewSealerNeedsRealKeys(t *testing.T) {
	t.Parallel()
	_, err := NewSealer(clock.System{})
	require.Error(t, err)
	_, err = NewSealer(clock.System{}, []byte("short"))
	require.Error(t, err)
}

func TestFilterTellsRequestsApart(t *testing.T) {
	t.Parallel()
	hash := func(m proto.Message) string {
		out, err := filterOf(m)
		require.NoError(t, err)
		return string(out)
	}
	require.Equal(t, hash(structpb.NewStringValue("a")), hash(structpb.NewStringValue("a")))
	require.NotEqual(t, hash(structpb.NewStringValue("a")), hash(structpb.NewStringValue("b")))
	first, second := listRequest(t, "ada", 0, ""), listRequest(t, "ada", 7, "token")
	require.Equal(t, hash(first), hash(second), "which page is asked for does not count")
	require.NotEqual(t, hash(first), hash(listRequest(t, "bob", 0, "")))
	require.NotEqual(t, hash(&durationpb.Duration{Seconds: 1}), hash(&timestamppb.Timestamp{Seconds: 1}))
}

// listRequest makes a request of the shape that every list has.
func listRequest(t *testing.T, query string, size int32, token string) proto.Message {
	t.Helper()
	field := func(name string, number int32, kind descriptorpb.FieldDescriptorProto_Type) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{
			Name:   proto.String(name),
			Number: proto.Int32(number),
			Type:   kind.Enum(),
			Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:   proto.String("page_test.proto"),
		Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("ListRequest"),
			Field: []*descriptorpb.FieldDescriptorProto{
				field("query", 1, descriptorpb.FieldDescriptorProto_TYPE_STRING),
				field("page_size", 2, descriptorpb.FieldDescriptorProto_TYPE_INT32),
				field("page_token", 3, descriptorpb.FieldDescriptorProto_TYPE_STRING),
			},
		}},
	}, nil)
	require.NoError(t, err)
	request := dynamicpb.NewMessage(file.Messages().Get(0))
	fields := request.Descriptor().Fields()
	request.Set(fields.ByNumber(1), protoreflect.ValueOfString(query))
	request.Set(fields.ByNumber(2), protoreflect.ValueOfInt32(size))
	request.Set(fields.ByNumber(3), protoreflect.ValueOfString(token))
	return request
}
