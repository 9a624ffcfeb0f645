package main

// factors: a second factor counts once, and before anything else.
var factors = []mutant{
	{
		id: "f1", breaks: "an app's code counts again within its half minute",
		edits: []edit{
			{"services/identity/internal/postgres/factors.go", "\n  AND step < @step`", "`"},
			{"services/identity/internal/totp/totp.go", " && step > after", ""},
		},
		pkg: "services/identity/internal/app", test: "^TestACodeWorksOnce$",
	},
	{
		id: "f2", breaks: "a recovery code serves again",
		edits: []edit{{
			"services/identity/internal/postgres/recovery_codes.go", "  AND hash = @hash\n  AND use_time IS NULL`", "  AND hash = @hash`",
		}},
		pkg: "services/identity/internal/app", test: "^TestACodeWorksOnceAmongAHundred$",
	},
	{
		id: "f3", breaks: "whoever owes a factor may do everything",
		edits: []edit{{"services/kit/authz/admit.go", "p.FactorDue && !rule.GetBeforeFactor()", "false"}},
		pkg:   "services/kit/authz", test: "^TestAdmittedClass$",
	},
	{
		id: "f4", breaks: "an organisation is chosen before the factor is proven",
		edits: []edit{{"services/identity/internal/app/select_context.go", "len(s.FactorsDue) > 0", "false"}},
		pkg:   "services/identity/internal/app", test: "^TestAfterThePasswordTheFactorIsOwed$",
	},
	{
		id: "f5", breaks: "a passkey's question is answered twice",
		edits: []edit{{
			"services/identity/internal/postgres/passkeys.go", "DELETE FROM passkey_challenge\nWHERE id = @id\n", "UPDATE passkey_challenge\nSET purpose = purpose\nWHERE id = @id\n",
		}},
		pkg: "services/identity/internal/app", test: "^TestPasskeys$/^an_answer_counts_once",
	},
	{
		id: "f6", breaks: "a device that nobody unlocked is taken",
		edits: []edit{{
			"services/identity/internal/passkey/passkey.go", "BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))", "BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationPreferred))",
		}},
		pkg: "services/identity/internal/app", test: "^TestPasskeys$/^an_answer_is_refused_of_a_device",
	},
	{
		id: "f7", breaks: "a factor is removed without a second look at who asks",
		edits: []edit{{
			"services/identity/internal/app/keep_factors.go", "if _, err := lockSteppedUp(ctx, tx, h, now); err != nil {\n\t\t\treturn err\n", "if _, err := lockHolder(ctx, tx, h, now); err != nil {\n\t\t\treturn err\n",
		}},
		pkg: "services/identity/internal/app", test: "^TestRemovingAFactorNeedsAStepUp$",
	},
	{
		id: "f8", breaks: "codes are not counted",
		edits: []edit{{"services/identity/internal/app/prove_factor.go", "return proven, u.Check.reserve(ctx, proven)", "return proven, nil"}},
		pkg:   "services/identity/internal/app", test: "^TestCodesAndPasswordsShareOneCount$",
	},
	{
		id: "f9", breaks: "an account is entered without a second factor",
		edits: []edit{{"services/partnersupport/internal/app/enter_dossier.go", "u.Entry == FactorRequired && !in.MultiFactor", "false"}},
		pkg:   "services/partnersupport/internal/rpc", test: "^TestEntryFactor$",
	},
}
