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
		id: "m1", breaks: "a replica answers without a lease",
		edits: []edit{{
			"services/accessclient/engine/standing.go",
			"return s != nil && s.Left(now) > 0", "return s != nil",
		}},
		pkg: "services/membership/internal/replica", test: "^TestAReplicaThatHearsNothingDeniesNothingLate$",
	},
	{
		id: "m2-replicas", breaks: "ending access does not wait for the replicas",
		edits: []edit{{
			"services/membership/internal/rpc/settle.go",
			"if late := f.Wait(ctx); late != nil && err == nil {", "if late := ctx.Err(); late != nil && err == nil {",
		}},
		pkg: "services/membership/internal/rpc", test: "^TestWhoLosesAccessLosesItOnEveryReplica$",
	},
	{
		id: "m2-silent", breaks: "a lease that nobody answers for is not waited out",
		edits: []edit{{
			"services/membership/internal/fence/fence.go", "over := time.NewTimer(f.Lease)", "over := time.NewTimer(f.Lease / 100)",
		}},
		pkg: "services/membership/internal/replica", test: "^TestARevocationWaitsForALeaseThatNobodyAnswersFor$",
	},
	{
		id: "m2-blind", breaks: "a lease that was renewed meanwhile is removed all the same",
		edits: []edit{{
			"services/membership/internal/fence/leases.go", "\n  AND l.renewal = old.renewal`", "`",
		}},
		pkg: "services/membership/internal/rpc", test: "^TestALeaseThatWasRenewedMeanwhileStays$",
	},
	{
		id: "m2-nobody", breaks: "a revocation waits for none of the leases that it listed",
		edits: []edit{{"services/membership/internal/fence/fence.go", "r.left = leases", "_ = leases"}},
		pkg:   "services/membership/internal/rpc", test: "^TestTheHistoryOfEveryGrantIsThatOfARegister$",
	},
	{
		id: "m2-early", breaks: "a replica acknowledges before it has read",
		edits: []edit{{
			"services/membership/internal/replica/follow.go",
			"mark, err := f.follow(reading)", "mark, err := int64(0), error(nil)",
		}},
		pkg: "services/membership/internal/replica", test: "^TestNoReplicaAllowsAfterARevocationReturned$",
	},
	{
		id: "m2-copies", breaks: "a replica acknowledges for copies that have not",
		edits: []edit{{
			"services/membership/internal/replica/children.go", "return !now.Before(until)", "return !until.After(now.Add(engine.Lease))",
		}},
		pkg: "services/membership/internal/replica", test: "^TestNoCopyAllowsAfterARevocationReturned$",
	},
	{
		id: "m5-memory", breaks: "memory keeps saying yes past the end of a grant",
		edits: []edit{{
			"services/accessclient/engine/decide.go", "case r.from > q.now || r.until <= q.now:", "case r.from > q.now:",
		}},
		pkg: "services/membership/internal/replica", test: "^TestMemoryAnswersAsTheTablesDo$",
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
		id: "m11-abandoned", breaks: "a mail in the hands of a killed process goes out again as if nobody had sent it",
		edits: []edit{{
			"services/notification/internal/domain/delivery.go",
			"return errors.Join(d.abandoned(now), ErrNotDue)", "d.State, d.DueTime = Queued, now\n\t\treturn errors.Join(nil, ErrNotDue)",
		}},
		pkg: "services/notification/internal/app", test: "^TestCrashBetweenHandOverAndCommitIsUncertain$",
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
