package main

// accounts: what keeps a person's account theirs.
var accounts = []mutant{
	{
		id: "reset-keeps-sessions", breaks: "a new password leaves the sessions of whoever had the old one",
		edits: []edit{{
			"services/identity/internal/app/reset_password.go",
			"return postgres.EndSessions(ctx, tx, p.UserID, nil, postgres.End{Reason: domain.PasswordChanged, Now: p.Now})",
			"return 2, nil",
		}},
		pkg: "services/identity/internal/app", test: "^TestResetPassword$",
	},
	{
		id: "reset-unbound", breaks: "a link sets a password over one that was set since",
		edits: []edit{
			{"services/identity/internal/app/reset_password.go", "held.Binding != versionOf(account)", "versionOf(account) == \"\""},
			{"services/identity/internal/app/password.go", "postgres.RevokeCodes(ctx, tx, token.Reset, p.UserID)", "postgres.RevokeCodes(ctx, tx, token.Support, p.UserID)"},
		},
		pkg: "services/identity/internal/app", test: "^TestResetPassword$",
	},
	{
		id: "tries-read-first", breaks: "tries are read, and counted afterwards",
		edits: []edit{{"services/identity/internal/postgres/attempts.go", "WHERE attempt.free_time <= @now\n   OR attempt.update_time > @ahead`", "WHERE true`"}},
		pkg:   "services/identity/internal/app", test: "^TestGuessesAtOnce$",
	},
	{
		id: "unknown-is-faster", breaks: "nobody's password is not even hashed",
		edits: []edit{{"services/identity/internal/credential/hasher.go", "\te, err := h.target(stored)\n", "\tif stored == \"\" {\n\t\treturn Result{}, nil\n\t}\n\te, err := h.target(stored)\n"}},
		pkg:   "services/identity/internal/app", test: "^TestTimeTellsNothing$",
	},
	{
		id: "reset-keeps-moves", breaks: "a new password leaves a change of address that was begun under the old one",
		edits: []edit{{
			"services/identity/internal/app/password.go",
			"\tif err := postgres.CancelEmailChanges(ctx, tx, p.UserID); err != nil {\n\t\treturn err\n\t}\n", "",
		}},
		pkg: "services/identity/internal/app", test: "^TestANewPasswordEndsWhatWasBegunUnderTheOld$",
	},
	{
		id: "m5-session", breaks: "a session that was over lives again when the clock is set back",
		edits: []edit{{"services/identity/internal/domain/session.go", "\tcase !s.Live(now):\n\t\treturn Expired\n", ""}},
		pkg:   "services/identity/internal/app", test: "^TestTheClockIsSetBack$",
	},
	{
		id: "clock-locks-out", breaks: "a clock that is set back keeps the owner out until it has caught up",
		edits: []edit{{"services/identity/internal/postgres/attempts.go", "\n   OR attempt.update_time > @ahead`", "`"}},
		pkg:   "services/identity/internal/app", test: "^TestTheClockIsSetBack$",
	},
	{
		id: "administrator-moves-anybody", breaks: "a change of address that an administrator began needs no password",
		edits: []edit{{"services/identity/internal/domain/email_change.go", "return !c.ActorID.IsZero()", "return false"}},
		pkg:   "services/identity/internal/app", test: "^TestEmailChangeByAnAdministrator$",
	},
	{
		id: "no-step-up", breaks: "an address changes without a second look at who asks",
		edits: []edit{{"services/identity/internal/domain/session.go", "return now.Before(s.StepUpEnd())", "return true || now.IsZero()"}},
		pkg:   "services/identity/internal/app", test: "^TestStepUp$",
	},
	{
		id: "password-stands-in", breaks: "the password is a second look at whoever has a second factor",
		edits: []edit{
			{"services/identity/internal/app/step_up.go", "if err == nil && enrolled {", "if enrolled = false; enrolled {"},
			{"services/identity/internal/domain/session.go", "\tif len(factors) > 0 {\n\t\treturn s.follow(session, now)\n\t}\n", ""},
		},
		pkg: "services/identity/internal/app", test: "^TestASecondLookAsksForTheFactor$",
	},
	{
		id: "thief-keeps-factors", breaks: "an undone change of address leaves the factors enrolled since",
		edits: []edit{{"services/identity/internal/app/follow_email_change.go", "return postgres.DeleteFactorsSince(ctx, tx, c.UserID, c.CreateTime)", "return 1, nil"}},
		pkg:   "services/identity/internal/app", test: "^TestUndoTakesFactorsEnrolledSince$",
	},
	{
		id: "copied-cookie", breaks: "a session is used by whatever browser shows its token",
		edits: []edit{{"services/identity/internal/domain/session.go", "return s.Agent == \"\" || s.Agent == Family(agent)", "return s.Agent == \"\" || agent != \"\""}},
		pkg:   "services/identity/internal/app", test: "^TestASessionBelongsToOneBrowser$",
	},
	{
		id: "two-owners-go", breaks: "of two owners who leave at once none stays",
		edits: []edit{{"services/membership/internal/postgres/member_store.go", "LIMIT 10000\nFOR UPDATE`, pgx.NamedArgs{\"organization\": organization, \"which\": which})", "LIMIT 10000`, pgx.NamedArgs{\"organization\": organization, \"which\": which})"}},
		pkg:   "services/membership/internal/app", test: "^TestOfTwoOwnersWhoLeaveAtOnceOneStays$",
	},
	{
		id: "tag-dropped", breaks: "what stands behind a plus counts as nothing (T-15)",
		edits: []edit{{"services/kit/email/email.go", "return asciiLower(a.local) + \"@\" + a.domain", "return asciiLower(strings.SplitN(a.local, \"+\", 2)[0]) + \"@\" + a.domain"}},
		pkg:   "services/kit/email", test: "^TestNoTwoMailboxesHaveOneKey$",
	},
	{
		id: "erased-signs-in", breaks: "a person who asked to be forgotten still signs in",
		edits: []edit{{"services/identity/internal/postgres/erasures.go", ", email_key = 'erased ' || id", ""}, {"services/identity/internal/app/erase.go", "return postgres.DeletePassword(ctx, tx, user)", "return nil"}},
		pkg:   "services/identity/internal/app", test: "^TestErasure$",
	},
}
