package main

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// exampleID is the part of an example's id that follows its prefix.
const exampleID = "01m7zwk2pyfm39297d8113k5x6"

// exampleOfAll is a body that the fields' own rules accept: what is required,
// the first of several that exclude each other, and nothing else.
func exampleOfAll(fields []protoreflect.FieldDescriptor) any {
	out := object[any]{}
	for _, field := range fields {
		if isRequired(field) || isFirstChoice(field) {
			out.add(field.JSONName(), exampleOf(field))
		}
	}
	return out
}

func exampleOf(field protoreflect.FieldDescriptor) any {
	if field.IsList() {
		if text := rulesOf(field).GetRepeated().GetItems().GetString(); text.GetPrefix() != "" {
			return []any{text.GetPrefix() + exampleID}
		}
		return []any{exampleOfValue(field)}
	}
	return exampleOfValue(field)
}

func exampleOfValue(field protoreflect.FieldDescriptor) any {
	switch {
	case field.Kind() == protoreflect.EnumKind:
		return string(field.Enum().Values().Get(1).Name())
	case field.Kind() == protoreflect.Int64Kind:
		return "1"
	case field.Message() != nil && isWellKnown(field.Message()):
		return wellKnown(field.Message()).Examples[0]
	case field.Message() != nil:
		return exampleOfAll(fieldsOf(field.Message()))
	default:
		return exampleText(field)
	}
}

// words are examples of fields whose names say what they hold.
func words() map[string]string {
	return map[string]string{
		"confirm": "REMOVE", "email": "marie@boulangerie.example", "given_name": "Marie", "family_name": "Duport",
		"locale": "fr", "text_locale": "fr", "month": "2026-11", "code": "042137", "currency": "EUR",
		"feature": "management/invoices", "name": "Portable", "client": "7K2MX-QH4TB", "number": "42013755",
		"text_hash": strings.Repeat("0f", 32), "new_email": "marie@duport.example",
	}
}

func exampleText(field protoreflect.FieldDescriptor) string {
	rules := rulesOf(field).GetString()
	if known, ok := words()[string(field.Name())]; ok {
		return known
	}
	if prefix := rules.GetPrefix(); prefix != "" {
		return prefix + exampleID
	}
	return strings.Repeat("x", max(1, int(rules.GetMinLen()), int(rules.GetLen())))
}
