package main

const aboutLive = "Server-sent events, for the cookie alone: `ready` when the stream stands, `changed` with the kinds of things that changed in the " +
	"organisation of the session, such as `{\"kinds\":[\"consent\",\"assignment\"]}`, and `over` when the session is. Nothing is told twice " +
	"and what happened between two streams is not told: on each `ready`, read again what is shown. At most 12 streams a person."

// live adds the stream that tells an open page to read again.
func (b *builder) live() {
	op := &operation{
		Tags: []string{"Session"}, OperationID: "listenToEvents", Summary: "Tells that something changed, while the page is open.", Description: aboutLive,
		Security: &[]requirement{{"session": []string{}}},
		Responses: object[response]{{"200", response{
			Description: "The stream.", Headers: map[string]header{"X-Request-Id": {Ref: inHeaders + "RequestId"}},
			Content: map[string]mediaType{"text/event-stream": {Schema: &schema{Type: "string"}}},
		}}},
	}
	for _, name := range []member[string]{{"400", "Invalid"}, {"401", "Unauthenticated"}, {"429", "TooMany"}, {"503", "Unavailable"}} {
		op.Responses.add(name.name, response{Ref: inResponses + name.value})
	}
	op.Responses.add("default", response{Ref: inResponses + "Refused"})
	b.doc.Paths.add("/v1/me/events", &object[*operation]{{"get", op}})
}
