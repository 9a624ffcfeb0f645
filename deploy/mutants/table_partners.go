package main

// partners: who of two is first, and who is linked with whom.
var partners = []mutant{
	{
		id: "logo-as-it-came", breaks: "clients are shown the file that a partner sent",
		edits: []edit{{
			"services/partnersupport/internal/logo/logo.go",
			"return encode(picture)", "_ = picture\n\treturn raw, nil",
		}},
		pkg: "services/partnersupport/internal/logo", test: "^TestPicturesAreMadeAnewAndSmall$",
	},
	{
		id: "visit-of-another", breaks: "a client ends visits in other clients' accounts",
		edits: []edit{{"services/partnersupport/internal/app/client_visits.go", "if !own {", "if !own && session == client {"}},
		pkg:   "services/partnersupport/internal/rpc", test: "^TestAClientReadsItsRunningVisits$",
	},
	{
		id: "conflict-first", breaks: "the partner that came first is the one in conflict",
		edits: []edit{{
			"services/partnersupport/internal/postgres/conflict.go",
			"AND o.since_time < ` + before + `", "AND o.since_time >= ` + before + `",
		}},
		pkg: "services/partnersupport/internal/rpc", test: "^TestTheSecondPartnerIsWarnedAndLearnsNothing$",
	},
	{
		id: "link-answer", breaks: "a link is in force before the client's yes",
		edits: []edit{{
			"services/partnersupport/internal/domain/dossier_request.go",
			"d.State, d.RequesterID = DossierPending, a.Requester", "d.RequesterID = a.Requester",
		}},
		pkg: "services/partnersupport/internal/domain", test: "^TestALinkThatWasAskedForIsAnsweredOnce$",
	},
	{
		id: "dossiers-of-any-firm", breaks: "the picker shows dossiers of firms that the person may not choose",
		edits: []edit{{"services/partnersupport/internal/postgres/my_dossiers.go", "  AND c.partner_id = ANY (@partners::uuid[])\n", ""}},
		pkg:   "services/partnersupport/internal/postgres", test: "^TestAPersonsDossiersAreThoseThatTheyMayEnter$",
	},
}
