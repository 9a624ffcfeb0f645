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
