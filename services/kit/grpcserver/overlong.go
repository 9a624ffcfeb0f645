package grpcserver

import (
	"fmt"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// overlongIn gives the path of the first list that is longer than its contract
// allows, or "". It comes before the contract's other rules: they would look at
// every item first, and tell of each.
func overlongIn(message protoreflect.Message, at string) string {
	if flat(message.Descriptor()) {
		return ""
	}
	found := ""
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		found = overlongField(field, value, at+string(field.Name()))
		return found == ""
	})
	return found
}

func overlongField(field protoreflect.FieldDescriptor, value protoreflect.Value, at string) string {
	switch {
	case field.IsMap() || field.Message() == nil && !field.IsList():
		return ""
	case !field.IsList():
		return overlongIn(value.Message(), at+".")
	case tooMany(field, value.List().Len()):
		return at
	case field.Message() == nil:
		return ""
	}
	for i := range value.List().Len() {
		if found := overlongIn(value.List().Get(i).Message(), fmt.Sprintf("%s[%d].", at, i)); found != "" {
			return found
		}
	}
	return ""
}

func tooMany(field protoreflect.FieldDescriptor, items int) bool {
	rules, ok := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	return ok && rules.GetRepeated().HasMaxItems() && uint64(items) > rules.GetRepeated().GetMaxItems()
}

// flat messages hold single values alone.
func flat(message protoreflect.MessageDescriptor) bool {
	fields := message.Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); f.IsList() || f.Message() != nil {
			return false
		}
	}
	return true
}
