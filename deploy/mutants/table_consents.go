package main

// consents: who may say yes, to what, and for how long.
var consents = []mutant{
	{
		id: "m5", breaks: "a grant ends when a job says so, and not at its instant",
		edits: []edit{{
			"services/membership/internal/postgres/decisions.go",
			"AND (e.valid_until IS NULL OR e.valid_until > now())", "",
		}},
		pkg: "services/membership/internal/postgres", test: "^TestWhatEndsAGrantsYes$",
	},
	{
		id: "m15", breaks: "opening the mail's page answers it",
		edits: []edit{{
			"gateway/internal/pages/consent.go",
			"return c.showAsked(a, form{})",
			`if err := a.approve(&consentv1.Answer{
		Duration: consentv1.DurationChoice_DURATION_CHOICE_1_WEEK, TextHash: a.text.GetHash(), TextLocale: a.text.GetLocale(),
	}, ""); err != nil {
		return err
	}
	return c.showAsked(a, form{})`,
		}},
		pkg: "gateway/internal/pages", test: "^TestOpeningALinkOnlyReads$",
	},
	{
		id: "group-link", breaks: "a link to several requests opens any other",
		edits: []edit{{
			"services/consent/internal/app/respond.go",
			"if err == nil && !ok {", "if err == nil && !ok && named.IsZero() {",
		}},
		pkg: "services/consent/internal/app", test: "^TestALinkToSeveralOpensThoseAlone$",
	},
	{
		id: "one-mail-a-day", breaks: "a partner has an approver mailed as often as it likes",
		edits: []edit{{
			"services/consent/internal/domain/departure.go",
			"left[0].Add(departuresEvery)", "left[0]",
		}},
		pkg: "services/consent/internal/domain", test: "^TestOneMailADayAndFiveAWeek$",
	},
	{
		id: "m16", breaks: "a person says yes to themselves under a tagged address",
		edits: []edit{{
			"services/consent/internal/domain/approver.go",
			"r.Folded != \"\" && r.Folded == asker.Folded", "r.Folded == \"\" && r.Folded != asker.Folded",
		}},
		pkg: "services/consent/internal/domain", test: "^TestYesIsRefused$",
	},
	{
		id: "m19", breaks: "a support token counts as the person",
		edits: []edit{{
			"services/kit/authn/caller.go",
			"return authzv1.CallerClass_CALLER_CLASS_SUPPORT", "return authzv1.CallerClass_CALLER_CLASS_PERSON",
		}},
		pkg: "services/consent/internal/rpc", test: "^TestSupportTokenNeverAnswers$",
	},
	{
		id: "a3", breaks: "a grant that ended comes back when its older event arrives late",
		edits: []edit{{
			"services/membership/internal/postgres/grants.go",
			"WHERE access_entry.source = 'GRANT'\n  AND access_entry.end_time IS NULL\n  AND access_entry.version < excluded.version",
			"WHERE access_entry.source = 'GRANT'",
		}},
		pkg: "services/membership/internal/postgres", test: "^TestOlderVersionArrivingLateChangesNothing$",
	},
	{
		id: "c7", breaks: "a yes is taken to another text than the one that was shown",
		edits: []edit{{
			"services/consent/internal/domain/answer.go", "if y.Evidence.TextHash != y.CurrentHash {", "if false {",
		}},
		pkg: "services/consent/internal/domain", test: "^TestYesIsRefused$",
	},
	{
		id: "c8", breaks: "any six digits make a device known",
		edits: []edit{{"services/consent/internal/domain/code.go", "if !right {", "if false {"}},
		pkg:   "services/consent/internal/domain", test: "^TestCodeServesFiveTriesAndTenMinutes$",
	},
	{
		id: "r36a", breaks: "a yes for a successor leaves the other person in",
		edits: []edit{{"services/consent/internal/postgres/consent_store.go", "AND p.id = @predecessor", "AND p.id <> p.id"}},
		pkg:   "services/consent/internal/app", test: "^TestTheYesForASuccessorSwapsBoth$",
	},
	{
		id: "r36b", breaks: "a dossier is handed over to somebody who left",
		edits: []edit{{
			"services/partnersupport/internal/domain/hand_over.go",
			"if err := to.Assignable(); err != nil {", "if err := to.Assignable(); err != nil && to.State != Left {",
		}},
		pkg: "services/partnersupport/internal/domain", test: "^TestADossierIsPassedOn$",
	},
	{
		id: "c9", breaks: "a no can become a yes after the person was removed",
		edits: []edit{{"services/consent/internal/domain/overturn.go", "!r.Final && ", ""}},
		pkg:   "services/consent/internal/app", test: "^TestWhatThePartnerEndedIsNotOverturned$",
	},
	{
		id: "c10", breaks: "a second press turns a no into a yes",
		edits: []edit{
			{"services/consent/internal/app/approve.go", "if !a.Overturn || r.State != domain.Refused {", "if r.State != domain.Refused {"},
			{"services/consent/internal/domain/answer.go", "overturns := y.Overturn && ", "overturns := "},
		},
		pkg: "services/consent/internal/app", test: "^TestANoBecomesAYesForThoseWhoSawIt$",
	},
	{
		id: "c11", breaks: "an access that nobody uses pauses when a job says so, and not at its instant",
		edits: []edit{{
			"services/consent/internal/domain/grant.go",
			"if g.ValidUntil.IsZero() || !g.LeaseUntil.IsZero() && g.LeaseUntil.Before(g.ValidUntil) {", "if false {",
		}},
		pkg: "services/consent/internal/domain", test: "^TestAnUnusedAccessPausesThenEnds$",
	}, {
		id: "sensitive-silent", breaks: "the client learns on the next day at the earliest that a sensitive feature was used",
		edits: []edit{{"services/consent/internal/app/sensitive.go", "if !sensitive || e.Outcome != postgres.Done {", "if sensitive || e.Outcome != postgres.Done {"}},
		pkg:   "services/consent/internal/app", test: "^TestASensitiveUseIsToldAtOnce$",
	}, {
		id: "narrow-early", breaks: "an access is narrowed when a job says so, and not when the client hears that it is",
		edits: []edit{{
			"services/consent/internal/app/narrow.go",
			"_, err = u.waitForEnd(ctx, decided.Grants)", "_, err = u.waitForEnd(ctx, decided.Grants[:0])",
		}},
		pkg: "deploy/e2e", test: "^TestNoCheckAllowsWhatWasTakenAway$",
	}, {
		id: "narrow-wider", breaks: "an access is made wider without another consent",
		edits: []edit{{
			"services/consent/internal/domain/narrow.go",
			"right.Level < None || right.Level > levelAt(c.r.Granted, right.Feature)", "right.Level < None",
		}},
		pkg: "services/consent/internal/domain", test: "^TestNarrowingLeavesLess$",
	}, {
		id: "extension-outlives", breaks: "whoever is detached comes back by the request to extend their access",
		edits: []edit{{
			"services/partnersupport/internal/app/detach_assignment.go",
			"a.State == domain.PendingConsent || a.State == domain.Ended && a.EndReason != domain.Extended", "a.State != domain.Ended",
		}},
		pkg: "services/partnersupport/internal/rpc", test: "^TestDetachingEndsTheExtensionToo$",
	},
	{
		id: "t07", breaks: "a client that said no, or took a yes back, is asked again at once",
		edits: []edit{{"services/consent/internal/app/request.go", "if retry.After(now) {", "if retry.After(now.Add(1000000 * time.Hour)) {"}},
		pkg:   "deploy/e2e", test: "^TestRandomStoriesBecomeWhatTheyMay$",
	},
	{
		id: "t10", breaks: "another site's form answers for whoever has the link's page, on any device",
		edits: []edit{
			{"gateway/internal/pages/call.go", "if err := c.origins.Check(c.r); err != nil {", "if err := c.origins.Check(c.r); err != nil && c.r == nil {"},
			{
				"services/consent/internal/app/code.go",
				"d.Terms.Proof == domain.ByLink || !open", "d.Terms.Proof != domain.BySession || !open",
			},
		},
		pkg: "deploy/e2e", test: "^TestHostileAttemptsAtALinkGiveNothing$",
	},
	{
		id: "t11", breaks: "a support token counts as the person who acts",
		edits: []edit{{"services/kit/authn/caller.go", "case c.Person.Act != nil:", "case c.Person.Act != nil && c.Person.UserID.IsZero():"}},
		pkg:   "deploy/e2e", test: "^TestASupportSessionReachesNothingOfAval$",
	},
}
