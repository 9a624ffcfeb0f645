package main

// clients: who asks for decisions gets no yes that nobody gave.
var clients = []mutant{
	{
		id: "t5-garbage", breaks: "the client takes answers to other questions for its own",
		edits: []edit{{"services/accessclient/stream.go", "case len(results) != len(b.checks):", "case len(results) < len(b.checks):"}},
		pkg:   "services/accessclient", test: "^TestGarbageIsNoAnswer$",
	},
	{
		id: "t5-half", breaks: "the client gives what was answered of questions that were not all answered",
		edits: []edit{{"services/accessclient/check.go", "\t\tclear(decisions)\n", ""}},
		pkg:   "services/accessclient", test: "^TestManyQuestionsAreAnsweredAllOrNone$",
	},
	{
		id: "t5-anybody", breaks: "the client asks whoever has a certificate",
		edits: []edit{{"services/accessclient/identity.go", "|| leaf.URIs[0].String() != i.server", ""}},
		pkg:   "services/accessclient", test: "^TestOnlyTheServerThatIsNamedIsAsked$",
	},
	{
		id: "t5-any-authority", breaks: "the client asks whoever has signed its own certificate",
		edits: []edit{{"services/accessclient/identity.go", "leaf.Verify(options); err != nil", "leaf.Verify(options); false"}},
		pkg:   "services/accessclient", test: "^TestOnlyTheServerThatIsNamedIsAsked$",
	},
	{
		id: "a5", breaks: "streams hold a server up that stops",
		edits: []edit{{"services/kit/grpcserver/bound.go", "context.AfterFunc(s.life, func() { end(errStopping) })()", "context.AfterFunc(s.life, func() {})()"}},
		pkg:   "services/membership/internal/rpc", test: "^TestAServerStopsAtOnceUnderOpenStreams$",
	},
}
