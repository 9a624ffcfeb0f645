package main

const aboutAuthZEN = "The decision in the form of the OpenID AuthZEN Authorization API 1.0. A subject is `user`, `usr_…`; a resource " +
	"is `account`, `org_…`, with `properties.feature`; an action's name is guest, editor or approver; a visit is " +
	"`context.support_session_id`. A person asks about themselves; a named product asks about anybody, by its certificate, at " +
	"the address of the token endpoint, and searches there for subjects and resources too. Unknown members are ignored."

// authZEN adds the endpoints whose form another standard gives.
func (b *builder) authZEN() {
	b.doc.Tags = append(b.doc.Tags, tag{Name: "AuthZEN", Description: aboutAuthZEN})
	text := func(about string, values ...string) *schema {
		return &schema{Type: "string", Description: about, Enum: values}
	}
	b.schemas["AuthZENEntity"] = &schema{Type: "object", Required: []string{"type", "id"}, Properties: object[*schema]{
		{"type", text("", "user", "account")}, {"id", text("usr_… or org_….")},
		{"properties", &schema{Type: "object", Description: "Of an account.", Properties: object[*schema]{{"feature", text("Such as management/invoices.")}}}},
	}}
	entity := &schema{Ref: inSchemas + "AuthZENEntity"}
	action := &schema{Type: "object", Required: []string{"name"}, Properties: object[*schema]{{"name", text("The level.", "guest", "editor", "approver")}}}
	visit := &schema{Type: "object", Properties: object[*schema]{{"support_session_id", text("The visit, sup_….")}}}
	b.schemas["AuthZENEvaluation"] = &schema{Type: "object", Properties: object[*schema]{
		{"subject", entity}, {"action", action}, {"resource", entity}, {"context", visit},
	}}
	b.schemas["AuthZENDecision"] = &schema{Type: "object", Required: []string{"decision"}, Properties: object[*schema]{
		{"decision", &schema{Type: "boolean"}},
		{"context", &schema{Type: "object", Description: "`reason` of a no; `source`, `consent_id` and `valid_until` of a yes."}},
	}}
	question, decision := &schema{Ref: inSchemas + "AuthZENEvaluation"}, &schema{Ref: inSchemas + "AuthZENDecision"}
	b.post("/access/v1/evaluation", "evaluate", "Answers one question.", question, decision)
	b.post("/access/v1/evaluations", "evaluateMany", "Answers up to 1,000 questions at one instant, in order.",
		&schema{Type: "object", Description: "What stands beside the list holds for each question that does not say otherwise.", Properties: object[*schema]{
			{"subject", entity}, {"action", action}, {"resource", entity}, {"context", visit},
			{"evaluations", &schema{Type: "array", Items: question, MaxItems: 1000}},
			{"options", &schema{Type: "object", Properties: object[*schema]{
				{"evaluations_semantic", text("", "execute_all", "deny_on_first_deny", "permit_on_first_permit")},
			}}},
		}},
		&schema{Type: "object", Properties: object[*schema]{{"evaluations", &schema{Type: "array", Items: decision}}}})
	b.post("/access/v1/search/action", "searchActions", "Lists the levels that the subject has.", question,
		&schema{Type: "object", Required: []string{"results"}, Properties: object[*schema]{{"results", &schema{Type: "array", Items: action}}}})
}

func (b *builder) post(path, id, summary string, asked, answered *schema) {
	ok := response{
		Description: "The answer; a no is one.", Headers: map[string]header{"X-Request-Id": {Ref: inHeaders + "RequestId"}},
		Content: map[string]mediaType{"application/json": {Schema: answered}},
	}
	op := &operation{
		Tags: []string{"AuthZEN"}, OperationID: id, Summary: summary,
		RequestBody: &body{Required: true, Content: map[string]mediaType{"application/json": {Schema: asked}}},
		Responses:   object[response]{{"200", ok}},
	}
	for _, name := range []member[string]{{"400", "Invalid"}, {"401", "Unauthenticated"}, {"403", "Denied"}, {"429", "TooMany"}, {"503", "Unavailable"}} {
		op.Responses.add(name.name, response{Ref: inResponses + name.value})
	}
	op.Responses.add("default", response{Ref: inResponses + "Refused"})
	b.doc.Paths.add(path, &object[*operation]{{"post", op}})
}
