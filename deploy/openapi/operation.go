package main

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

func (b *builder) operation(m method) *operation {
	text := capital(trimName(m))
	summary, description := sentences(text)
	op := &operation{
		OperationID: lowerFirst(string(m.Name())), Summary: summary, Description: description,
		Right: m.right(), Parameters: b.parameters(m), RequestBody: b.body(m), Responses: b.responses(m),
	}
	if m.anonymous() {
		op.Security = &[]requirement{}
	}
	return op
}

func (b *builder) parameters(m method) []parameter {
	var out []parameter
	for _, field := range m.inPath() {
		out = append(out, parameter{
			Name: field.JSONName(), In: "path", Required: true, Description: commentOf(field),
			Schema: b.schemas.bare(field), Example: exampleOf(field),
		})
	}
	if !m.hasBody {
		for _, field := range m.elsewhere() {
			out = append(out, parameter{
				Name: field.JSONName(), In: "query", Required: isRequired(field), Description: commentOf(field), Schema: b.schemas.bare(field),
			})
		}
	}
	if m.repeatable() {
		out = append(out, parameter{Ref: inParameters + "IdempotencyKey"})
	}
	if m.has("etag") {
		out = append(out, parameter{Ref: inParameters + "IfMatch"})
	}
	return append(out, parameter{Ref: inParameters + "AcceptLanguage"})
}

func (b *builder) body(m method) *body {
	if !m.hasBody {
		return nil
	}
	fields := m.elsewhere()
	return &body{Required: true, Content: map[string]mediaType{
		"application/json": {Schema: b.schemas.asked(fields), Example: exampleOfAll(fields)},
	}}
}

func (b *builder) responses(m method) object[response] {
	var out object[response]
	out.add("200", response{
		Description: withoutName(m.Output()),
		Headers:     m.headers(),
		Content:     map[string]mediaType{"application/json": {Schema: b.answer(m)}},
	})
	for _, one := range refusals {
		if one.concerns(m) {
			out.add(one.status, response{Ref: inResponses + one.name})
		}
	}
	out.add("default", response{Ref: inResponses + "Refused"})
	return out
}

// answer is the whole response, or the one field that REST callers get.
func (b *builder) answer(m method) *schema {
	if m.responseBody == "" {
		return b.schemas.answered(m.Output())
	}
	return b.schemas.answeredField(m.Output().Fields().ByName(m.responseBody), present)
}

func (m method) headers() map[string]header {
	out := map[string]header{"X-Request-Id": {Ref: inHeaders + "RequestId"}}
	if m.answers("session_token", "device_token") || m.Name() == protoreflect.Name("SignOut") {
		out["Set-Cookie"] = header{Ref: inHeaders + "SetCookie"}
	}
	return out
}

func trimName(m method) string {
	text := commentOf(m.MethodDescriptor)
	if rest := len(m.Name()) + 1; len(text) > rest && text[:rest] == string(m.Name())+" " {
		return text[rest:]
	}
	return text
}

func lowerFirst(name string) string { return string(name[0]|0x20) + name[1:] }
