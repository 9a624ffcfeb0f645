package archtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/event/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authz"
)

// wholeLists are the lists that do not page, and why.
func wholeLists() map[string]string {
	return map[string]string{
		"aval.membership.v1.MemberService.ListApprovers": "asked by consent alone to address one request's mails; at most 200, by its contract",
	}
}

func TestEveryContractIsLookedAt(t *testing.T) {
	t.Parallel()
	work, err := root()
	require.NoError(t, err)
	none(t, unlinked(t, filepath.Join(work, "proto")))

	planted := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(planted, "aval", "planted", "v1"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(planted, "aval", "planted", "v1", "planted.proto"), nil, 0o600))
	require.Len(t, unlinked(t, planted), 1, "a contract that nobody imports is found")
}

// unlinked lists the protos below a folder whose Go this test does not import.
func unlinked(t *testing.T, top string) []finding {
	t.Helper()
	var out []finding
	err := filepath.WalkDir(filepath.Join(top, "aval"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".proto" {
			return err
		}
		relative, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		if _, err := protoregistry.GlobalFiles.FindFileByPath(filepath.ToSlash(relative)); err != nil {
			out = append(out, finding(fmt.Sprintf("%s: import its package above, so that its methods are checked", relative)))
		}
		return nil
	})
	require.NoError(t, err)
	return out
}

func TestEveryMethodHasARule(t *testing.T) {
	t.Parallel()
	all := services()
	require.NotEmpty(t, all)
	_, err := authz.Rules(all...)
	require.NoError(t, err)

	_, err = authz.Rules(contract(t, plantedMethod{name: "Wave"}))
	require.ErrorContains(t, err, "Wave", "a method without a rule is found")
}

func TestEveryListPages(t *testing.T) {
	t.Parallel()
	none(t, unpagedLists(services(), wholeLists()))

	both := []string{"page_size", "page_token"}
	require.Empty(t, unpagedLists(one(t, plantedMethod{name: "ListWaves", in: both, out: []string{"next_page_token"}}), nil))
	require.Len(t, unpagedLists(one(t, plantedMethod{name: "ListWaves", in: both}), nil), 1)
	require.Len(t, unpagedLists(one(t, plantedMethod{name: "ListWaves", out: []string{"next_page_token"}}), nil), 2)
	require.Len(t, unpagedLists(nil, map[string]string{"aval.Gone.ListWaves": "why"}), 1, "a stale exception")
}

func TestEveryStoredAnswerHasARequestID(t *testing.T) {
	t.Parallel()
	none(t, withoutRequestID(services()))

	rule := &authzv1.Rule{Idempotency: authzv1.Idempotency_IDEMPOTENCY_REQUEST_ID}
	require.Empty(t, withoutRequestID(one(t, plantedMethod{name: "Wave", rule: rule, in: []string{"request_id"}})))
	require.Len(t, withoutRequestID(one(t, plantedMethod{name: "Wave", rule: rule})), 1)
}

// services are all of Aval's.
func services() []protoreflect.ServiceDescriptor {
	var out []protoreflect.ServiceDescriptor
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			if strings.HasPrefix(string(file.Package()), "aval.") {
				out = append(out, file.Services().Get(i))
			}
		}
		return true
	})
	return out
}

func methods(all []protoreflect.ServiceDescriptor) []protoreflect.MethodDescriptor {
	var out []protoreflect.MethodDescriptor
	for _, service := range all {
		for i := range service.Methods().Len() {
			out = append(out, service.Methods().Get(i))
		}
	}
	return out
}

func unpagedLists(all []protoreflect.ServiceDescriptor, excused map[string]string) []finding {
	var out []finding
	used := map[string]bool{}
	for _, m := range methods(all) {
		if !strings.HasPrefix(string(m.Name()), "List") {
			continue
		}
		lacking := append(lacks(m, m.Input(), "page_size", "page_token"), lacks(m, m.Output(), "next_page_token")...)
		if _, ok := excused[string(m.FullName())]; ok && len(lacking) > 0 {
			used[string(m.FullName())] = true
			continue
		}
		out = append(out, lacking...)
	}
	return append(out, stale(excused, used)...)
}

func withoutRequestID(all []protoreflect.ServiceDescriptor) []finding {
	var out []finding
	for _, m := range methods(all) {
		rule, _ := proto.GetExtension(m.Options(), authzv1.E_Rule).(*authzv1.Rule)
		if rule.GetIdempotency() == authzv1.Idempotency_IDEMPOTENCY_REQUEST_ID {
			out = append(out, lacks(m, m.Input(), "request_id")...)
		}
	}
	return out
}

func lacks(m protoreflect.MethodDescriptor, message protoreflect.MessageDescriptor, fields ...protoreflect.Name) []finding {
	var out []finding
	for _, field := range fields {
		if message.Fields().ByName(field) == nil {
			out = append(out, finding(fmt.Sprintf("%s: %s has no %s", m.FullName(), message.Name(), field)))
		}
	}
	return out
}

// plantedMethod is a method of a contract made for a test: the text fields of
// its request and answer, and its rule.
type plantedMethod struct {
	name    string
	rule    *authzv1.Rule
	in, out []string
}

func one(t *testing.T, m plantedMethod) []protoreflect.ServiceDescriptor {
	t.Helper()
	return []protoreflect.ServiceDescriptor{contract(t, m)}
}

func contract(t *testing.T, m plantedMethod) protoreflect.ServiceDescriptor {
	t.Helper()
	options := &descriptorpb.MethodOptions{}
	if m.rule != nil {
		proto.SetExtension(options, authzv1.E_Rule, m.rule)
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("planted.proto"), Package: proto.String("planted"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{message("In", m.in), message("Out", m.out)},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name: proto.String("PlantedService"),
			Method: []*descriptorpb.MethodDescriptorProto{{
				Name: proto.String(m.name), Options: options,
				InputType: proto.String(".planted.In"), OutputType: proto.String(".planted.Out"),
			}},
		}},
	}, protoregistry.GlobalFiles)
	require.NoError(t, err)
	return file.Services().Get(0)
}

func message(name string, fields []string) *descriptorpb.DescriptorProto {
	out := &descriptorpb.DescriptorProto{Name: proto.String(name)}
	for i, field := range slices.Sorted(slices.Values(fields)) {
		out.Field = append(out.Field, &descriptorpb.FieldDescriptorProto{
			Name: proto.String(field), Number: proto.Int32(int32(i + 1)),
			Type:  descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		})
	}
	return out
}
