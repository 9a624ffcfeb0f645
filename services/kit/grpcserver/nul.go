package grpcserver

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// nulIn gives the path of the first text with a NUL, or "". No text of a person
// or a program holds one, and Postgres stores none: every method refuses it
// alike.
func nulIn(message protoreflect.Message, at string) string {
	found := ""
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		found = nulInField(field, value, at+string(field.Name()))
		return found == ""
	})
	return found
}

func nulInField(field protoreflect.FieldDescriptor, value protoreflect.Value, at string) string {
	switch {
	case field.IsMap():
		return nulInMap(field, value.Map(), at)
	case field.IsList():
		for i := range value.List().Len() {
			if found := nulInValue(field, value.List().Get(i), fmt.Sprintf("%s[%d]", at, i)); found != "" {
				return found
			}
		}
		return ""
	default:
		return nulInValue(field, value, at)
	}
}

func nulInMap(field protoreflect.FieldDescriptor, entries protoreflect.Map, at string) string {
	found := ""
	entries.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		if strings.ContainsRune(key.String(), 0) {
			found = at
			return false
		}
		found = nulInValue(field.MapValue(), value, at)
		return found == ""
	})
	return found
}

func nulInValue(field protoreflect.FieldDescriptor, value protoreflect.Value, at string) string {
	switch {
	case field.Message() != nil:
		return nulIn(value.Message(), at+".")
	case field.Kind() == protoreflect.StringKind && strings.ContainsRune(value.String(), 0):
		return at
	default:
		return ""
	}
}
