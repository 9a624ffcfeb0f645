package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// fieldsIn are the fields and rules that a problem names.
func fieldsIn(problem []byte) map[string]string {
	var body struct {
		Errors []struct{ Field, Rule string }
	}
	out := map[string]string{}
	if json.Unmarshal(problem, &body) == nil {
		for _, one := range body.Errors {
			out[one.Field] = one.Rule
		}
	}
	return out
}

// hostileTexts are JSON values that no string field of ours should choke on.
func hostileTexts(max int) []string {
	return []string{
		`5`, `-1`, `1e999`, `NaN`, `true`, `{}`, `[]`, `["a"]`, `null`, `""`, `" "`,
		quoted(strings.Repeat("é", max+1)), quoted(strings.Repeat("x", 60_000)),
		`"\u0000"`, `"a\u0000b"`, `"a\r\nBcc: x@y.example"`, `"\u202egnp.exe"`, `"\u2066\u200b\ufeff"`, `"\ud800"`, "\"\xff\xfe\"", `"\u0007"`,
		`"'; DROP TABLE users; --"`, `"<script>alert(1)</script>"`, `"{{.}}"`, `"%00"`, `"../../etc/passwd"`,
	}
}

func quoted(text string) string {
	out, _ := json.Marshal(text) // of a string there is no error
	return string(out)
}

// hostileValues are JSON values for a field.
func hostileValues(field protoreflect.FieldDescriptor) []string {
	if field.IsList() {
		many := `[` + strings.Repeat(`"x",`, 60_000) + `"x"]`
		return []string{`5`, `"x"`, `{}`, `true`, `null`, `[]`, `[null]`, `[5]`, `[[[]]]`, `[{}]`, `["x"]`, `[{"zzz":1}]`, many}
	}
	switch field.Kind() {
	case protoreflect.StringKind:
		return hostileTexts(int(max(rulesOf(field).GetString().GetMaxLen(), rulesOf(field).GetString().GetLen(), 1)))
	case protoreflect.BoolKind:
		return []string{`5`, `"x"`, `"true"`, `null`, `{}`, `[]`, `NaN`}
	case protoreflect.EnumKind:
		return []string{`"NOPE"`, `""`, `9999`, `-1`, `1.5`, `2147483648`, `null`, `{}`, `[]`, `true`, `"NaN"`}
	case protoreflect.MessageKind:
		return append(hostileMessages(string(field.Message().FullName())), `5`, `"x"`, `[]`, `[{}]`, `null`, `true`, `{"zzz":1}`, nested(`{"zzz":`, "1", "}", 50))
	default:
		return []string{`"x"`, `-1`, `1.5`, `1e30`, `2147483648`, `-2147483649`, `9223372036854775808`, `"NaN"`, `NaN`, `Infinity`, `null`, `{}`, `[]`, `true`, `"-1"`}
	}
}

func hostileMessages(name string) []string {
	switch name {
	case "google.protobuf.Timestamp":
		return []string{`"yesterday"`, `"9999-99-99T00:00:00Z"`, `"0000-01-01T00:00:00Z"`, `"10000-01-01T00:00:00Z"`, `"1970-01-01"`, `"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59.999999999Z"`, `{}`}
	case "google.protobuf.Duration":
		return []string{`"NaNs"`, `"1e9s"`, `"-5s"`, `"0s"`, `"315576000000s"`, `"315576000001s"`, `"5"`, `{}`}
	default:
		return []string{`{}`}
	}
}

func nested(open, inner, shut string, depth int) string {
	return strings.Repeat(open, depth) + inner + strings.Repeat(shut, depth)
}

// hostileBodies are whole bodies that are no request at all, and the field to
// be named.
func hostileBodies() map[string]string {
	return map[string]string{
		`null`: "body", `[]`: "body", `5`: "body", `"x"`: "body", `{`: "body", `{}{}`: "body", `{"a"`: "body", `{'a':1}`: "body", "\x00": "body",
		`{"zzz":1}`: "zzz", `{"__proto__":{}}`: "__proto__", `{"":1}`: "", `{"zzz":` + nested("[", "1", "]", 9000) + `}`: "zzz",
		nested(`{"a":`, "1", "}", 20_000): "body", nested("[", "", "]", 100_000): "body", `{"zzz":NaN}`: "body",
	}
}

const hole = "@@hole@@"

// attempts are all hostile requests for a method.
func (h *hostile) attempts(t *testing.T, m method, r httpRoute) []attempted {
	t.Helper()
	raw, err := protojson.Marshal(h.base(t, m))
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(raw, &fields))
	var out []attempted
	walkFields(m.Input(), nil, func(path []protoreflect.FieldDescriptor) {
		field := path[len(path)-1]
		for _, value := range hostileValues(field) {
			out = append(out, h.attempt(m, r, fields, path, value))
		}
		if r.verb != http.MethodGet && !r.inPath[string(field.Name())] {
			out = append(out, h.attempt(m, r, fields, path, absent), h.attempt(m, r, fields, path, twice))
		}
	})
	if r.verb == http.MethodGet {
		return append(out, h.raw(m, r, fields, parts{query: url.Values{"zzz": {"1"}}}, "zzz"))
	}
	for body, field := range hostileBodies() {
		out = append(out, h.raw(m, r, fields, parts{body: body}, field))
	}
	return append(out, h.raw(m, r, fields, parts{body: `{}`, query: url.Values{"zzz": {"1"}}}, "zzz"))
}

// Values that stand for no value, and for two.
const (
	absent = "absent"
	twice  = "twice"
)

// walkFields visits fields and those of messages in them, to a depth of two.
func walkFields(message protoreflect.MessageDescriptor, above []protoreflect.FieldDescriptor, visit func([]protoreflect.FieldDescriptor)) {
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		path := append(append([]protoreflect.FieldDescriptor(nil), above...), field)
		visit(path)
		inner := field.Message()
		if inner != nil && len(above) == 0 && !field.IsList() && inner.ParentFile().Package() != "google.protobuf" {
			walkFields(inner, path, visit)
		}
	}
}

// raw sends parts as they are.
func (h *hostile) raw(m method, r httpRoute, fields map[string]any, p parts, field string) attempted {
	p.path = pathOf(m, r, fields)
	return attempted{
		name:  fmt.Sprintf("%s %s with %.60q %v", r.verb, r.path, p.body, p.query),
		field: field, request: func() (*http.Request, error) { return h.build(m, r, p) },
	}
}

func pathOf(m method, r httpRoute, fields map[string]any) map[string]string {
	out := map[string]string{}
	for name := range r.inPath {
		out[name], _ = fields[m.Input().Fields().ByTextName(name).JSONName()].(string)
	}
	return out
}

// attempt puts one hostile value into one field, and asks the contract what is
// wrong with that.
func (h *hostile) attempt(m method, r httpRoute, fields map[string]any, path []protoreflect.FieldDescriptor, value string) attempted {
	whole := bodyWith(fields, path, value, nil)
	expected := h.expected(m, whole, path[len(path)-1])
	p := parts{path: pathOf(m, r, fields), query: url.Values{}}
	name := string(path[0].Name())
	switch {
	case r.inPath[name]:
		_ = json.Unmarshal([]byte(value), new(any))
		p.path[name] = textOfValue(value)
		p.body = bodyWith(fields, nil, "", r.inPath)
		expected = attempted{field: "", harmless: true}
	case r.verb == http.MethodGet:
		p.query.Set(path[0].JSONName(), textOfValue(value))
		expected = attempted{harmless: true}
	default:
		p.body = bodyWith(fields, path, value, r.inPath)
	}
	expected.name = fmt.Sprintf("%s %s with %s = %.60q", r.verb, r.path, path[len(path)-1].FullName(), value)
	expected.request = func() (*http.Request, error) { return h.build(m, r, p) }
	return expected
}

func textOfValue(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return text[:min(len(text), 9000)]
	}
	return value[:min(len(value), 9000)]
}

// bodyWith is the JSON of the fields with one value replaced, without those in
// the path.
func bodyWith(fields map[string]any, path []protoreflect.FieldDescriptor, value string, without map[string]bool) string {
	raw, _ := json.Marshal(fields) // it was JSON before
	var copied map[string]any
	_ = json.Unmarshal(raw, &copied)
	for name := range without {
		delete(copied, jsonNameOf(name))
	}
	if _, keyed := copied["requestId"]; keyed {
		copied["requestId"] = unique("request-")
	}
	at := copied
	for i, field := range path {
		if i == len(path)-1 {
			for other := range others(field) {
				delete(at, other)
			}
			at[field.JSONName()] = hole
			if value == absent {
				delete(at, field.JSONName())
			}
			break
		}
		inner, ok := at[field.JSONName()].(map[string]any)
		if !ok {
			inner = map[string]any{}
			at[field.JSONName()] = inner
		}
		at = inner
	}
	raw, _ = json.Marshal(copied)
	if value == twice {
		name := path[len(path)-1].JSONName()
		return strings.Replace(string(raw), `"`+name+`":"`+hole+`"`, `"`+name+`":null,"`+name+`":null`, 1)
	}
	return strings.Replace(string(raw), `"`+hole+`"`, value, 1)
}

// others are the fields that cannot stand beside this one.
func others(field protoreflect.FieldDescriptor) iter.Seq[string] {
	return func(yield func(string) bool) {
		of := field.ContainingOneof()
		for i := 0; of != nil && i < of.Fields().Len(); i++ {
			if one := of.Fields().Get(i); one != field && !yield(one.JSONName()) {
				return
			}
		}
	}
}

func jsonNameOf(name string) string {
	head, tail, more := strings.Cut(name, "_")
	if !more {
		return head
	}
	return head + strings.ToUpper(tail[:1]) + jsonNameOf(tail[1:])
}

// expected asks the contract, apart from the server, what is wrong.
func (h *hostile) expected(m method, whole string, field protoreflect.FieldDescriptor) attempted {
	if !json.Valid([]byte(whole)) {
		return attempted{field: "body"}
	}
	message := dynamicpb.NewMessage(m.Input())
	if err := protojson.Unmarshal([]byte(whole), message); err != nil {
		if strings.Contains(whole, "\xff") || strings.Contains(whole, `\ud800`) {
			return attempted{} // not even text: there is no field yet
		}
		return attempted{field: field.JSONName()}
	}
	if string(field.Name()) == m.rule.GetOrganizationField() {
		return attempted{harmless: true} // what is no organisation is not found, like another's
	}
	if field.Parent().Name() == "Evidence" || field.Parent().Name() == "Origin" {
		return attempted{harmless: true} // what a caller says of itself is not taken
	}
	if strings.Contains(whole, `\u0000`) {
		return attempted{field: field.JSONName()}
	}
	var invalid *protovalidate.ValidationError
	if errors.As(h.validator.Validate(message), &invalid) {
		steps := invalid.Violations[0].Proto.GetField().GetElements()
		return attempted{field: jsonNameOf(steps[len(steps)-1].GetFieldName())}
	}
	if namesSomebody(field) && (strings.Contains(whole, `\r\n`) || strings.Contains(whole, `\u202e`) || strings.Contains(whole, `\u2066`)) {
		if namesAnother(m) {
			return attempted{} // who is not there is told first
		}
		return attempted{field: field.JSONName()} // H1: it would stand in a mail
	}
	return attempted{harmless: true}
}

// namesAnother tells the methods about something that must be there beside the
// organisation, which nothing random is.
func namesAnother(m method) bool {
	fields := m.Input().Fields()
	for i := range fields.Len() {
		if field := fields.Get(i); prefixOf(field) != "" && string(field.Name()) != m.rule.GetOrganizationField() {
			return true
		}
	}
	return false
}

// namesSomebody tells the texts that stand in mails to others.
func namesSomebody(field protoreflect.FieldDescriptor) bool {
	name := string(field.Name())
	return field.Kind() == protoreflect.StringKind && field.Parent().Name() != "SignInRequest" &&
		(strings.HasSuffix(name, "_name") || strings.HasSuffix(name, "email"))
}
