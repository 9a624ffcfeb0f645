package main

import (
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

const problemType = "application/problem+json"

// refusal is one status with which a method may refuse.
type refusal struct {
	status, name, text string
	concerns           func(method) bool
}

// refusals are all that have a status of their own.
var refusals = [...]refusal{
	{"400", "Invalid", "A field breaks its rule, a name is unknown, or a precondition is not met; `errors` names the fields.", always},
	{"401", "Unauthenticated", "Nobody is signed in, or the session is over.", func(m method) bool { return !m.anonymous() }},
	{"403", "Denied", "The right is missing, or the request came from another site.", func(m method) bool { return m.verb != "get" || !m.anonymous() }},
	{"404", "NotFound", "There is nothing here, or it is somebody else's.", func(m method) bool { return strings.Contains(m.path, "{") }},
	{"409", "Conflict", "It exists already, or the key is in flight or was used for another body.", method.repeatable},
	{"412", "Changed", "It changed since it was read.", func(m method) bool { return m.has("etag") }},
	{"413", "TooLong", "The body is longer than 256 KiB.", func(m method) bool { return m.hasBody }},
	{"415", "NotJSON", "The body is not of the type that is expected.", func(m method) bool { return m.hasBody }},
	{"429", "TooMany", "Too many attempts; Retry-After tells how long to wait.", always},
	{"503", "Unavailable", "Try again; Retry-After tells when.", always},
}

func always(method) bool { return true }

// shared are the components that every method refers to.
func shared() components {
	out := components{
		SecuritySchemes: map[string]scheme{
			"session": {Type: "apiKey", In: "cookie", Name: "__Host-sid", Description: "The session of a browser, from auth:signIn and auth:selectContext."},
			"bearer":  {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "A person's token of at most five minutes."},
		},
		Parameters: map[string]parameter{
			"IdempotencyKey": {Name: "Idempotency-Key", In: "header", Description: "The same key and body give the same answer for 24 hours.", Schema: &schema{Type: "string", MaxLength: 128}},
			"IfMatch":        {Name: "If-Match", In: "header", Description: "The etag that was read; refused with 412 when it changed since.", Schema: &schema{Type: "string", MaxLength: 64}},
			"AcceptLanguage": {Name: "Accept-Language", In: "header", Description: "fr or en; a signed-in person's own language goes before.", Schema: &schema{Type: "string"}},
		},
		Headers: map[string]header{
			"RequestId":  {Description: "The request's id, the caller's X-Request-Id where it sent one.", Schema: &schema{Type: "string"}},
			"RetryAfter": {Description: "Seconds to wait.", Schema: &schema{Type: "integer"}},
			"SetCookie":  {Description: "The session, or its end, for a browser; the token in the answer is empty.", Schema: &schema{Type: "string"}},
		},
		Responses: map[string]response{"Refused": refused("Any other refusal.", false)},
	}
	for _, one := range refusals {
		out.Responses[one.name] = refused(one.text, one.status == "429" || one.status == "503")
	}
	return out
}

func refused(text string, later bool) response {
	out := response{
		Description: text,
		Headers:     map[string]header{"X-Request-Id": {Ref: inHeaders + "RequestId"}},
		Content:     map[string]mediaType{problemType: {Schema: &schema{Ref: inSchemas + "Problem"}}},
	}
	if later {
		out.Headers["Retry-After"] = header{Ref: inHeaders + "RetryAfter"}
	}
	return out
}

// problem is RFC 9457 with our members; reasons are those of the registry.
func problem(files *protoregistry.Files) *schema {
	text := func(about string) *schema { return &schema{Type: "string", Description: about} }
	field := &schema{Type: "object", Required: []string{"field", "rule", "message"}, Properties: object[*schema]{
		{"field", text("Its path in JSON names, such as members[2].givenName.")},
		{"rule", text("The rule that it breaks, such as string.min_len.")},
		{"message", text("The same in the caller's language.")},
	}}
	return &schema{
		Type: "object", Description: "An error, RFC 9457.",
		Required: []string{"type", "title", "status", "detail", "code", "reason", "requestId"},
		Properties: object[*schema]{
			{"type", &schema{Type: "string", Format: "uri", Description: "The page that explains the reason."}},
			{"title", text("In the caller's language, short.")},
			{"status", &schema{Type: "integer", Description: "The HTTP status."}},
			{"detail", text("In the caller's language; made for your users.")},
			{"code", &schema{Type: "string", Description: "The canonical gRPC code.", Enum: codes()}},
			{"reason", &schema{Type: "string", Description: "Stable; decide by this.", Enum: reasons(files)}},
			{"requestId", text("What to tell us when asking for help.")},
			{"metadata", &schema{Type: "object", Description: "The reason's own pairs.", AdditionalProperties: &schema{Type: "string"}}},
			{"errors", &schema{Type: "array", Description: "The fields concerned.", Items: field}},
		},
	}
}

func codes() []string {
	values := code.Code_OK.Descriptor().Values()
	var out []string
	for i := 1; i < values.Len(); i++ {
		out = append(out, string(values.Get(i).Name()))
	}
	return out
}

func reasons(files *protoregistry.Files) []string {
	found, err := files.FindDescriptorByName("aval.reason.v1.Reason")
	if err != nil {
		return nil // a test's contracts have none
	}
	values := found.(protoreflect.EnumDescriptor).Values()
	var out []string
	for i := 1; i < values.Len(); i++ {
		out = append(out, strings.TrimPrefix(string(values.Get(i).Name()), "REASON_"))
	}
	return out
}

const importPath = "/v1/organizations/{organizationId}/invitations:import"

// edge adds what the edge answers beside the contracts: lists as files, and
// the file of people to invite.
func (b *builder) edge() {
	for _, list := range []string{
		"/v1/organizations/{organizationId}/history", "/v1/organizations/{organizationId}/ledger", "/v1/partners/{partnerId}/managedCredits",
	} {
		for _, path := range b.doc.Paths {
			if path.name == list {
				op := (*path.value)[0].value
				op.Responses[0].value.Content["text/csv"] = mediaType{Schema: &schema{Type: "string", Description: "Every page of the list, asked for by Accept: text/csv."}}
			}
		}
	}
	b.importFile()
	b.live()
	b.authZEN()
}

func (b *builder) importFile() {
	for _, path := range b.doc.Paths {
		if path.name != "/v1/organizations/{organizationId}/invitations:batchCreate" {
			continue
		}
		batch := (*path.value)[0].value
		op := *batch
		op.OperationID, op.Summary = "importInvitations", "Invites the people of a CSV file, with a result per line."
		op.Description = "The columns are those of the page Importer; batchCreate takes the same as JSON."
		op.Parameters = append(slices.Clone(op.Parameters), parameter{
			Name: "validateOnly", In: "query", Description: "Only checks and warns: nothing is stored, no mail leaves.", Schema: &schema{Type: "boolean"},
		})
		op.RequestBody = &body{Required: true, Content: map[string]mediaType{"text/csv": {Schema: &schema{Type: "string"}}}}
		b.doc.Paths.add(importPath, &object[*operation]{{"post", &op}})
		return
	}
}
