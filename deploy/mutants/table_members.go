package main

// members: who belongs where, and how far they reach, changes by the rules
// alone.
var members = []mutant{
	{
		id: "last-owner", breaks: "an organisation loses its last owner",
		edits: []edit{{
			"services/membership/internal/domain/member.go",
			"if m.OwnsForGood() && !after.OwnsForGood() && owners <= 1 {", "if m.OwnsForGood() && !after.OwnsForGood() && owners < 0 {",
		}},
		pkg: "services/membership/internal/app", test: "^TestTheLastOwnerStaysForGood$",
	},
	{
		id: "last-owners-race", breaks: "two last owners go at once",
		edits: []edit{{"services/membership/internal/postgres/member_store.go", "LIMIT 10000\nFOR UPDATE`", "LIMIT 10000`"}},
		pkg:   "services/membership/internal/app", test: "^TestTwoLastOwnersCannotLeaveAtOnce$",
	},
	{
		id: "power-over-owners", breaks: "an administrator changes an owner",
		edits: []edit{{
			"services/membership/internal/domain/sheet.go",
			"return d.giver().MayConfer(d.Member.Offer, d.Catalogue)\n", "return nil\n",
		}},
		pkg: "services/membership/internal/app", test: "^TestPowerOverMembersIsBounded$",
	},
	{
		id: "stale-sheet", breaks: "of two who edit one sheet the second overwrites the first",
		edits: []edit{{"services/membership/internal/app/keep_member.go", "if version != 0 && version != deed.Member.Version {", "if version < 0 {"}},
		pkg:   "services/membership/internal/app", test: "^TestOfTwoWhoReadTheSameSheetTheSecondIsTold$",
	},
	{
		id: "suspended-decides", breaks: "the decision passes over a suspension",
		edits: []edit{{"services/membership/internal/postgres/decisions.go", "    AND NOT e.suspended\n", ""}},
		pkg:   "services/membership/internal/app", test: "^TestASuspensionDeniesAtOnceAndIsTakenBack$",
	},
	{
		id: "suspended-collaborator", breaks: "a suspended collaborator's grants go on speaking",
		edits: []edit{{"services/membership/internal/postgres/sessions.go", "        AND NOT m.suspended\n", ""}},
		pkg:   "services/membership/internal/app", test: "^TestASuspendedCollaboratorIsOutOfEveryAccount$",
	},
	{
		id: "grants-outlive", breaks: "grants outlive the membership they came through",
		edits: []edit{{
			"services/membership/internal/app/end_membership.go",
			"grants, err := postgres.EndGrantsVia(ctx, tx, organization, user)", "grants, err := []id.ID(nil), error(nil)",
		}},
		pkg: "services/membership/internal/app", test: "^TestGrantsEndByEveryEndOfTheMembership$",
	},
	{
		id: "seats-race", breaks: "seats are counted without a lock",
		edits: []edit{{"services/membership/internal/postgres/seats.go", "\nFOR NO KEY UPDATE`, Args: pgx.NamedArgs{\"organization\": organization}}, pgx.RowTo[int])", "`, Args: pgx.NamedArgs{\"organization\": organization}}, pgx.RowTo[int])"}},
		pkg:   "services/membership/internal/app", test: "^TestTheLastSeatIsTakenOnce$",
	},
	{
		id: "spending-implied", breaks: "an ancestor implies spending",
		edits: []edit{{
			"services/membership/internal/postgres/migrations/0021_register_features.sql",
			"UPDATE feature\nSET apart = true\nWHERE path = 'spending';", "",
		}, {
			"services/membership/internal/postgres/migrations/0021_register_features.sql",
			"  CASE WHEN apart THEN ARRAY[path::text, ''] ELSE feature_ancestors(path) END) STORED;",
			"  CASE WHEN path = 'spending' THEN ARRAY['account', ''] ELSE feature_ancestors(path) END) STORED;",
		}},
		pkg: "services/membership/internal/app", test: "^TestSpendingIsARightOfItsOwn$",
	},
	{
		id: "retired-decides", breaks: "a retired feature is decided on as before",
		edits: []edit{{"services/membership/internal/postgres/decisions.go", " AND f.retire_time IS NULL", ""}},
		pkg:   "services/membership/internal/app", test: "^TestARemovalWidensNobodysRights$",
	},
	{
		id: "protection-lost", breaks: "a version takes a protection back",
		edits: []edit{{"services/membership/internal/domain/registration.go", "if f.Sensitive && !after.Sensitive || f.Excluded && !after.Excluded || f.Apart && !after.Apart {", "if false {"}},
		pkg:   "services/membership/internal/app", test: "^TestAProtectionIsNotTakenBackNorARetiredPathReused$",
	},
}
