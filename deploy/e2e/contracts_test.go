package e2e

import (
	"fmt"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/kit/authz"
)

// method is one method of the contracts, with its rule.
type method struct {
	protoreflect.MethodDescriptor
	name string // "/aval.x.v1.Service/Method"
	rule *authzv1.Rule
}

// reads tells a method without an effect.
func (m method) reads() bool {
	return m.rule.GetIdempotency() == authzv1.Idempotency_IDEMPOTENCY_UNSPECIFIED
}

func (m method) allows(class authzv1.CallerClass) bool {
	return slices.Contains(m.rule.GetCallers(), class)
}

// allMethods are those of every service of Aval that is compiled in.
func allMethods() ([]method, error) {
	var out []method
	var failed error
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(file.Package()), "aval.") {
			return true
		}
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				one := method{MethodDescriptor: methods.Get(j), name: authz.FullMethod(methods.Get(j))}
				if one.rule, failed = authz.RuleIn(protoregistry.GlobalFiles, one.name); failed != nil {
					return false
				}
				out = append(out, one)
			}
		}
		return true
	})
	slices.SortFunc(out, func(a, b method) int { return strings.Compare(a.name, b.name) })
	return out, failed
}

// idFields are the stems of fields that hold ids, with the ids' prefix, for
// fields whose contract does not say it.
func idFields() map[string]string {
	return map[string]string{
		"dossier_id": "dos", "collaborator_id": "col", "actor_id": "usr", "support_session_id": "sup", "product_id": "prd",
		"session_organization_id": "org", "excluding_members_of": "org",
	}
}

// prefixOf gives the prefix of the ids that a field holds, or "".
func prefixOf(field protoreflect.FieldDescriptor) string {
	if field.Kind() != protoreflect.StringKind {
		return ""
	}
	rules := rulesOf(field)
	if field.IsList() {
		rules = rules.GetRepeated().GetItems()
	}
	if prefix := rules.GetString().GetPrefix(); rules.GetString().GetLen() == idLen && len(prefix) == 4 {
		return prefix[:3]
	}
	return idFields()[string(field.Name())]
}

// idLen is the length of every id in text.
const idLen = 30

func rulesOf(field protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	return rules
}

// filler makes requests that their contracts accept.
type filler struct {
	// id gives the id for a field.
	id func(field protoreflect.FieldDescriptor, prefix string) string
}

func (f filler) request(m method) (proto.Message, error) {
	out := dynamicpb.NewMessage(m.Input())
	if err := f.fill(out); err != nil {
		return nil, fmt.Errorf("filling a request of %s: %w", m.name, err)
	}
	return out, nil
}

func (f filler) fill(out protoreflect.Message) error {
	fields := out.Descriptor().Fields()
	for i := range fields.Len() {
		if of := fields.Get(i).ContainingOneof(); of != nil && out.WhichOneof(of) != nil {
			continue // one of them is there
		}
		if err := f.field(out, fields.Get(i)); err != nil {
			return fmt.Errorf("%s: %w", fields.Get(i).Name(), err)
		}
	}
	return nil
}

func (f filler) field(out protoreflect.Message, field protoreflect.FieldDescriptor) error {
	if field.IsMap() || field.IsList() && prefixOf(field) == "" && rulesOf(field).GetRepeated().GetMinItems() == 0 {
		return nil // empty
	}
	value, ok, err := f.value(field, out.NewField)
	if err != nil || !ok {
		return err
	}
	out.Set(field, value)
	return nil
}

// value gives what stands in a field; ok is false where nothing needs to.
func (f filler) value(field protoreflect.FieldDescriptor, empty func(protoreflect.FieldDescriptor) protoreflect.Value) (v protoreflect.Value, ok bool, err error) {
	if field.IsList() {
		v = empty(field)
		item, err := f.item(field, v)
		if err != nil {
			return v, false, err
		}
		v.List().Append(item)
		return v, true, nil
	}
	if field.Message() != nil {
		return f.message(field, empty)
	}
	return f.scalar(field, rulesOf(field))
}

func (f filler) item(field protoreflect.FieldDescriptor, list protoreflect.Value) (protoreflect.Value, error) {
	if field.Message() != nil {
		item := list.List().NewElement()
		return item, f.fill(item.Message())
	}
	item, _, err := f.scalar(field, rulesOf(field).GetRepeated().GetItems())
	return item, err
}

func (f filler) message(field protoreflect.FieldDescriptor, empty func(protoreflect.FieldDescriptor) protoreflect.Value) (v protoreflect.Value, ok bool, err error) {
	v = empty(field)
	switch field.Message().FullName() {
	case "google.protobuf.Timestamp":
		if !rulesOf(field).GetRequired() {
			return v, false, nil
		}
		v.Message().Set(v.Message().Descriptor().Fields().ByName("seconds"), protoreflect.ValueOfInt64(farAway))
	case "google.protobuf.Duration":
		v.Message().Set(v.Message().Descriptor().Fields().ByName("seconds"), protoreflect.ValueOfInt64(week))
	case "google.protobuf.FieldMask":
		for _, path := range maskable(field.ContainingMessage()) {
			v.Message().Mutable(field.Message().Fields().ByName("paths")).List().Append(protoreflect.ValueOfString(path))
		}
	default:
		return v, true, f.fill(v.Message())
	}
	return v, true, nil
}

// maskable are the texts that an update may name.
func maskable(request protoreflect.MessageDescriptor) (paths []string) {
	for i := range request.Fields().Len() {
		changes := request.Fields().Get(i).Message()
		if changes == nil || changes.ParentFile().Package() == "google.protobuf" {
			continue
		}
		for j := range changes.Fields().Len() {
			if field := changes.Fields().Get(j); field.Kind() == protoreflect.StringKind {
				paths = append(paths, string(field.Name()))
			}
		}
	}
	return paths
}

const (
	week    = 7 * 24 * 3600 // seconds
	farAway = 4_000_000_000 // in the year 2096
)

func (f filler) scalar(field protoreflect.FieldDescriptor, rules *validate.FieldRules) (v protoreflect.Value, ok bool, err error) {
	switch field.Kind() {
	case protoreflect.StringKind:
		text, err := f.text(field, rules.GetString())
		return protoreflect.ValueOfString(text), text != "", err
	case protoreflect.EnumKind:
		if only := rules.GetEnum().GetIn(); len(only) > 0 {
			return protoreflect.ValueOfEnum(protoreflect.EnumNumber(only[0])), true, nil
		}
		number := 0
		for slices.Contains(rules.GetEnum().GetNotIn(), int32(number)) {
			number++
		}
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(number)), number > 0, nil
	case protoreflect.Int32Kind:
		most := int32(200) // page_size
		if rule, bounded := rules.GetInt32().GetLessThan().(*validate.Int32Rules_Lte); bounded {
			most = min(most, rule.Lte)
		}
		return protoreflect.ValueOfInt32(most), true, nil
	case protoreflect.Int64Kind:
		// A tree of size 1 may never have been signed; 0 is the newest.
		return protoreflect.ValueOfInt64(1), field.Name() != "tree_size", nil
	case protoreflect.BoolKind, protoreflect.BytesKind, protoreflect.Uint64Kind:
		return v, false, nil
	default:
		return v, false, fmt.Errorf("no value for the kind %s", field.Kind())
	}
}
