package main

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// schemas are the components that fields refer to. A message that is sent has
// another form than one that is answered: bounds, and nothing unknown, against
// every field being there, with null for a message that is absent.
type schemas map[string]*schema

// presence tells whether an answered field always has a value.
type presence bool

const (
	present  presence = true
	nullable presence = false
)

const timestampExample = "2026-11-21T14:32:00Z"

// asked is the object of these fields in a request.
func (s schemas) asked(fields []protoreflect.FieldDescriptor) *schema {
	out := &schema{Type: "object", AdditionalProperties: false}
	for _, field := range fields {
		out.Properties.add(field.JSONName(), s.askedField(field))
		if isRequired(field) {
			out.Required = append(out.Required, field.JSONName())
		}
		if choice := mustChoose(field); choice != nil && choice.Fields().Len() == len(fields) {
			out.MinProperties, out.MaxProperties = 1, 1
		}
	}
	return out
}

// bare is a field in a request without its comment, which stands beside it.
func (s schemas) bare(field protoreflect.FieldDescriptor) *schema {
	out := s.askedField(field)
	out.Description = boundsInWords(field)
	return out
}

func (s schemas) askedField(field protoreflect.FieldDescriptor) *schema {
	out := s.askedValue(field)
	switch {
	case field.IsMap():
		out = &schema{Type: "object", AdditionalProperties: s.askedValue(field.MapValue())}
	case field.IsList():
		out = &schema{Type: "array", Items: out}
	}
	bound(out, field)
	out.Description = strings.TrimSpace(commentOf(field) + " " + boundsInWords(field))
	return out
}

func (s schemas) askedValue(field protoreflect.FieldDescriptor) *schema {
	if message := field.Message(); message != nil && !isWellKnown(message) {
		return s.refer(string(message.Name())+"Input", func() *schema {
			out := s.asked(fieldsOf(message))
			out.Description = withoutName(message)
			return out
		})
	}
	return s.value(field)
}

// answered refers to a message in an answer.
func (s schemas) answered(message protoreflect.MessageDescriptor) *schema {
	return s.refer(string(message.Name()), func() *schema {
		out := &schema{Type: "object", Description: withoutName(message)}
		for _, field := range fieldsOf(message) {
			described := s.answeredField(field, presence(field.Message() == nil || field.IsList() || field.IsMap()))
			described.Description = commentOf(field)
			out.Properties.add(field.JSONName(), described)
			if field.ContainingOneof() == nil {
				out.Required = append(out.Required, field.JSONName())
			}
		}
		return out
	})
}

func (s schemas) answeredField(field protoreflect.FieldDescriptor, p presence) *schema {
	switch {
	case field.IsMap():
		return &schema{Type: "object", AdditionalProperties: s.answeredValue(field.MapValue())}
	case field.IsList():
		return &schema{Type: "array", Items: s.answeredValue(field)}
	case p == nullable:
		return orNull(s.answeredValue(field))
	default:
		return s.answeredValue(field)
	}
}

func (s schemas) answeredValue(field protoreflect.FieldDescriptor) *schema {
	if message := field.Message(); message != nil && !isWellKnown(message) {
		return s.answered(message)
	}
	return s.value(field)
}

func orNull(in *schema) *schema {
	if in.Ref != "" {
		return &schema{AnyOf: []*schema{in, {Type: "null"}}}
	}
	in.Type = []string{in.Type.(string), "null"}
	return in
}

// refer gives a reference to a component, which is made when it is first asked
// for; its place is taken before, for messages that hold themselves.
func (s schemas) refer(name string, make func() *schema) *schema {
	if _, known := s[name]; !known {
		s[name] = nil
		s[name] = make()
	}
	return &schema{Ref: inSchemas + name}
}

// value is the form of one value that is no message of ours.
func (s schemas) value(field protoreflect.FieldDescriptor) *schema {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return &schema{Type: "boolean"}
	case protoreflect.Int32Kind, protoreflect.Uint32Kind:
		return &schema{Type: "integer", Format: "int32"}
	case protoreflect.Int64Kind, protoreflect.Uint64Kind:
		return &schema{Type: "string", Format: "int64", Pattern: "^-?[0-9]+$"}
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return &schema{Type: "number"}
	case protoreflect.BytesKind:
		return &schema{Type: "string", ContentEncoding: "base64"}
	case protoreflect.EnumKind:
		return s.enum(field.Enum())
	case protoreflect.MessageKind:
		return wellKnown(field.Message())
	default:
		return &schema{Type: "string"}
	}
}

func (s schemas) enum(enum protoreflect.EnumDescriptor) *schema {
	return s.refer(string(enum.Name()), func() *schema {
		out := &schema{Type: "string"}
		lines := []string{withoutName(enum), ""}
		for i := range enum.Values().Len() {
			value := enum.Values().Get(i)
			out.Enum = append(out.Enum, string(value.Name()))
			lines = append(lines, "* `"+string(value.Name())+"`: "+commentOf(value))
		}
		out.Description = strings.Join(lines, "\n")
		return out
	})
}

func isWellKnown(message protoreflect.MessageDescriptor) bool {
	return message.ParentFile().Package() == "google.protobuf"
}

func wellKnown(message protoreflect.MessageDescriptor) *schema {
	switch message.Name() {
	case "Timestamp":
		return &schema{Type: "string", Format: "date-time", Examples: []any{timestampExample}}
	case "Duration":
		return &schema{Type: "string", Pattern: `^-?[0-9]+(\.[0-9]{1,9})?s$`, Examples: []any{"604800s"}}
	case "FieldMask":
		return &schema{Type: "string", Examples: []any{"displayName,locale"}}
	default:
		return &schema{Type: "object"}
	}
}

func fieldsOf(message protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	out := make([]protoreflect.FieldDescriptor, message.Fields().Len())
	for i := range out {
		out[i] = message.Fields().Get(i)
	}
	return out
}
