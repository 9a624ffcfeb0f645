package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func rulesOf(field protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	return rules
}

// isRequired tells whether a request without the field is refused.
func isRequired(field protoreflect.FieldDescriptor) bool {
	rules := rulesOf(field)
	text := rules.GetString()
	switch {
	case rules.GetRequired():
		return true
	case field.HasPresence():
		return false
	case field.IsList():
		return rules.GetRepeated().GetMinItems() > 0
	case field.Kind() == protoreflect.EnumKind:
		return slices.Contains(rules.GetEnum().GetNotIn(), 0)
	default:
		return text.GetMinLen() > 0 || text.GetLen() > 0 || text.GetPrefix() != "" || text.GetUri() || refusesEmpty(text.GetPattern()) || len(text.GetIn()) > 0 && !slices.Contains(text.GetIn(), "") ||
			rules.GetInt64().GetGt() > 0 || rules.GetInt64().GetGte() > 0
	}
}

// isFirstChoice tells of a field that it is the first of several of which a
// request must hold one.
func isFirstChoice(field protoreflect.FieldDescriptor) bool {
	choice := mustChoose(field)
	return choice != nil && choice.Fields().Get(0) == field
}

func mustChoose(field protoreflect.FieldDescriptor) protoreflect.OneofDescriptor {
	choice := field.ContainingOneof()
	if choice == nil || choice.IsSynthetic() {
		return nil
	}
	rules, _ := proto.GetExtension(choice.Options(), validate.E_Oneof).(*validate.OneofRules)
	if !rules.GetRequired() {
		return nil
	}
	return choice
}

func refusesEmpty(pattern string) bool {
	return pattern != "" && !regexp.MustCompile(pattern).MatchString("")
}

// bound writes a field's rules as JSON Schema; what that cannot say is said in
// words.
func bound(out *schema, field protoreflect.FieldDescriptor) {
	rules := rulesOf(field)
	if field.IsList() {
		list := rules.GetRepeated()
		out.MinItems, out.MaxItems, out.UniqueItems = list.GetMinItems(), list.GetMaxItems(), list.GetUnique()
		boundValue(out.Items, list.GetItems())
		return
	}
	boundValue(out, rules)
	if slices.Contains(rules.GetEnum().GetNotIn(), 0) {
		out.Not = &schema{Const: string(field.Enum().Values().ByNumber(0).Name())}
	}
}

func boundValue(out *schema, rules *validate.FieldRules) {
	if text := rules.GetString(); text != nil {
		boundText(out, text)
	}
	if whole := rules.GetInt32(); whole != nil {
		out.Minimum, out.Maximum = least(whole), most(whole)
	}
}

func boundText(out *schema, rules *validate.StringRules) {
	out.MinLength, out.MaxLength = rules.GetMinLen(), rules.GetMaxLen()
	if exact := rules.GetLen(); exact > 0 {
		out.MinLength, out.MaxLength = exact, exact
	}
	out.Enum, out.Pattern = rules.GetIn(), rules.GetPattern()
	if prefix := rules.GetPrefix(); prefix != "" {
		out.Pattern = "^" + regexp.QuoteMeta(prefix)
	}
	if rules.GetUri() {
		out.Format = "uri"
	}
}

func least(rules *validate.Int32Rules) *int64 {
	switch bound := rules.GetGreaterThan().(type) {
	case *validate.Int32Rules_Gte:
		return number(bound.Gte)
	case *validate.Int32Rules_Gt:
		return number(bound.Gt + 1)
	default:
		return nil
	}
}

func most(rules *validate.Int32Rules) *int64 {
	switch bound := rules.GetLessThan().(type) {
	case *validate.Int32Rules_Lte:
		return number(bound.Lte)
	case *validate.Int32Rules_Lt:
		return number(bound.Lt - 1)
	default:
		return nil
	}
}

func number(n int32) *int64 {
	wide := int64(n)
	return &wide
}

// boundsInWords tells the rules that JSON Schema has no words for.
func boundsInWords(field protoreflect.FieldDescriptor) string {
	rules := rulesOf(field)
	var out []string
	if span := rules.GetDuration(); span.GetGte() != nil && span.GetLte() != nil {
		out = append(out, fmt.Sprintf("From %ds to %ds.", span.GetGte().GetSeconds(), span.GetLte().GetSeconds()))
	}
	if rules.GetTimestamp().GetGtNow() {
		out = append(out, "In the future.")
	}
	for _, rule := range rules.GetCel() {
		out = append(out, capital(rule.GetMessage())+".")
	}
	return strings.Join(out, " ")
}
