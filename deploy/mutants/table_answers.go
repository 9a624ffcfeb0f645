package main

// durability: what was answered is true and stays so, and happens once.
var durability = []mutant{
	{
		id: "m2", breaks: "withdrawing answers before the decision knows",
		edits: []edit{{
			"services/consent/internal/app/settle.go",
			"count, err := Settle{d}.Do(ctx, grants)", "count, err := Settle{d}.Do(ctx, nil)",
		}},
		pkg: "services/consent/internal/app", test: "^TestWithdrawalThatCannotFinishSaysSo$",
	},
	{
		id: "m3", breaks: "a call answers before its transaction has committed",
		edits: []edit{{
			"services/kit/pg/tx.go",
			"if err := inner.Commit(ctx); err != nil {\n\t\treturn commitError(err)\n\t}",
			"go func() { _ = commitError(inner.Commit(context.WithoutCancel(ctx))) }()",
		}},
		pkg: "services/kit/pg", test: "^TestWhatReturnedIsCommitted$",
	},
	{
		id: "m4", breaks: "a commit that failed is answered with a yes",
		edits: []edit{{"services/kit/pg/tx.go", "return commitError(err)", "_ = commitError(err)"}},
		pkg:   "services/kit/pg", test: "^TestErrors$/^a_commit_whose_connection_broke",
	},
	{
		id: "m9", breaks: "an event is acknowledged before its effect is committed",
		edits: []edit{{
			"services/kit/bus/delivery.go",
			"err = c.handle(spanCtx, msg, meta)", "_ = msg.DoubleAck(ctx)\n\terr = c.handle(spanCtx, msg, meta)",
		}},
		pkg: "services/kit/inbox", test: "^TestAnEventWhoseCommitFailedIsDeliveredAgain$",
	},
	{
		id: "m10", breaks: "an event that comes again has its effect again",
		edits: []edit{{"services/kit/inbox/inbox.go", "return noted == 1, err", "return noted >= 0, err"}},
		pkg:   "services/kit/inbox", test: "^TestADeliveryAfterALostAcknowledgementChangesNothing$",
	},
	{
		id: "m11", breaks: "a mail is handed over before its delivery is claimed",
		edits: []edit{{
			"services/notification/internal/app/send.go",
			"refused = d.Claim(s.Clock.Now())\n\t\treturn s.Deliveries.Save(ctx, tx, d)",
			"refused = d.Claim(s.Clock.Now())\n\t\treturn nil",
		}},
		pkg: "services/notification/internal/app", test: "^TestSentMailIsOneAndItsTextForgotten$",
	},
}

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
}
