package main

// ledgers: what was recorded can be proven, and forgotten.
var ledgers = []mutant{
	{
		id: "ledger-in-place", breaks: "a leaf of the ledger is changed in place",
		edits: []edit{
			{
				"services/consent/internal/postgres/migrations/0050_create_ledger.sql",
				"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_leaf, ledger_hash", "REVOKE TRUNCATE ON ledger_leaf, ledger_hash",
			},
			{"services/consent/internal/postgres/migrations/0050_create_ledger.sql", "BEFORE UPDATE OR DELETE ON ledger_leaf", "BEFORE DELETE ON ledger_leaf"},
		},
		pkg: "services/consent/internal/app", test: "^TestTheLedgerIsAppendOnly$",
	},
	{
		id: "ledger-any-past", breaks: "the ledger is signed over a database that was put back",
		edits: []edit{
			{"services/consent/internal/app/ledger_advance.go", "if one.Size > 0 && root != one.Root {", "if one.Size < 0 && root != one.Root {"},
			{"services/consent/internal/app/ledger_advance.go", "if one.Size > tree.Size() {", "if one.Size < 0 {"},
		},
		pkg: "services/consent/internal/app", test: "^TestNothingIsSignedOverAnotherPast$",
	},
	{
		id: "ledger-two-at-once", breaks: "two processes give leaves their places at once",
		edits: []edit{{"services/consent/internal/app/ledger_advance.go", "if err != nil || !leads {", "if err != nil || leads != leads {"}},
		pkg:   "services/consent/internal/app", test: "^TestPlacesHaveNoGapsHoweverManySeal$",
	},
	{
		id: "ledger-leaves-out", breaks: "a fact of no account has no leaf",
		edits: []edit{{"services/consent/internal/app/history.go", "return u.recordEvent(ctx, tx, e)", "return nil"}},
		pkg:   "services/consent/internal/app", test: "^TestEveryFactGetsItsPlace$",
	},
	{
		id: "ledger-remembers", breaks: "what the ledger holds of a forgotten person can still be opened",
		edits: []edit{{"services/consent/internal/app/people.go", "return u.ledger.EndOf(ctx, tx, user)", "return nil"}},
		pkg:   "services/consent/internal/app", test: "^TestWhoIsForgottenLeavesTheTreeWhole$",
	},
	{
		id: "ledger-any-record", breaks: "a record passes for what its leaf commits to",
		edits: []edit{{
			"services/ledger/leaf.go",
			"hmac.Equal(commitment, commit(key, content))", "len(commitment) == len(commit(key, content))",
		}},
		pkg: "services/ledger", test: "^TestTamperingIsNamed$",
	},
	{
		id: "ledger-any-proof", breaks: "a proof is not followed to the signed root",
		edits: []edit{{"services/ledger/verify.go", "tlog.CheckRecord(proof, c.Size, c.Root, at, hash) != nil", "len(proof) > 64"}},
		pkg:   "services/ledger", test: "^TestAPartIsHeldToTheSignedRoot$",
	},
	{
		id: "ledger-any-end", breaks: "a record that somebody deleted passes for one that ended",
		edits: []edit{{"services/ledger/verify.go", "if !a.erased[at] {", "if a.erased == nil {"}},
		pkg:   "services/ledger", test: "^TestWhatEndedLeavesTheTreeWhole$",
	},
	{
		id: "ledger-tells-all", breaks: "the client's download names who acted at the partner",
		edits: []edit{{
			"services/consent/internal/rpc/ledger_list.go",
			`return record.GetActingForId() == own.Text("org") || actor.GetActorId() == record.GetSubjectId()`, `return actor != nil`,
		}},
		pkg: "services/consent/internal/rpc", test: "^TestAClientsDownloadVerifies$",
	},
	{
		id: "checkpoint-again", breaks: "a month's checkpoint is sent at every look",
		edits: []edit{{"services/consent/internal/app/checkpoint.go", "derived(job.Month, last))\n\t\tif err != nil || !first {", "derived(job.Month, last))\n\t\tif err != nil || len(to) == 0 && !first {"}},
		pkg:   "services/consent/internal/app", test: "^TestTheCheckpointOfAMonthLeavesOnce$",
	},
	{
		id: "silent-visit", breaks: "an empty list passes for nothing done, where the product recorded nothing",
		edits: []edit{{"services/consent/internal/postgres/history_store.go", "      AND p.source <> 'event'\n", ""}},
		pkg:   "services/consent/internal/app", test: "^TestAVisitOfWhichNothingWasRecordedSaysSo$",
	},
	{
		id: "platform-unsaid", breaks: "the platform ends an access and nobody learns why",
		edits: []edit{{"services/consent/internal/app/stop.go", "step.Reason = how.reason", `step.Reason = ""`}},
		pkg:   "services/consent/internal/app", test: "^TestThePlatformEndsAYesAndSaysWhy$",
	},
	{
		id: "platform-unseen", breaks: "the platform reads a history and the account does not learn it",
		edits: []edit{{"services/consent/internal/app/history_read.go", "if err != nil || !span.AfterID.IsZero() {", "if err != nil || !span.AccountID.IsZero() {"}},
		pkg:   "services/consent/internal/app", test: "^TestALookOfThePlatformIsToldOnce$",
	},
	{
		id: "bounce-unheard", breaks: "a request of which every mail came back waits in silence",
		edits: []edit{{"services/consent/internal/postgres/bounce_store.go", "WHERE newest.bounce_time IS NOT NULL", "WHERE newest.bounce_time IS NULL"}},
		pkg:   "services/consent/internal/app", test: "^TestARequestWhoseMailsAllBounceReachesNobody$",
	},
}
