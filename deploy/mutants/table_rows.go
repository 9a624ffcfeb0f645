package main

// rows: a tenant's rows are its own.
var rows = []mutant{
	{
		id: "b1", breaks: "the organisation in the request is believed",
		edits: []edit{{
			"services/kit/authz/authorizer.go",
			"message.Get(field).String() != own", "message.Get(field).String() == \"\"",
		}},
		pkg: "services/kit/authz", test: "^TestOrganizationOfTheRequest$",
	},
	{
		id: "m7", breaks: "the tenant is set for the session, and outlives its transaction",
		edits: []edit{{
			"services/kit/pg/tx.go",
			"SELECT set_config('app.tenant', '%s', true), set_config('app.user', '%s', true)",
			"SELECT set_config('app.tenant', '%s', false), set_config('app.user', '%s', false)",
		}},
		pkg: "services/kit/pg", test: "^TestAConnectionGoesBackWithoutATenant$",
	},
	{
		id: "m8", breaks: "row-level security does not bind the tables' owner",
		edits: []edit{{
			"services/kit/pg/migrations/0001_create_kit.sql",
			"  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tbl);\n", "",
		}},
		pkg: "services/kit/pg", test: "^TestAProtectedTableBindsItsOwnerToo$",
	},
	{
		id: "m8-owner", breaks: "services connect as the owner of their tables",
		edits: []edit{{
			"services/kit/pg/site.go", "as(\"_app\", s.Passwords.App)", "as(\"_migrate\", s.Passwords.Migrate)",
		}},
		pkg: "services/kit/pg", test: "^TestTheApplicationIsNotTheOwner$",
	},
	{
		id: "m20", breaks: "a line of the history is changed in place",
		edits: []edit{
			{"services/consent/internal/postgres/migrations/0002_create_history.sql", "REVOKE UPDATE, DELETE, TRUNCATE ON history", "REVOKE TRUNCATE ON history"},
			{"services/consent/internal/postgres/migrations/0060_forget_names.sql", "BEFORE UPDATE OR DELETE ON history", "BEFORE DELETE ON history"},
		},
		pkg: "services/consent/internal/postgres", test: "^TestTimelineAndHistoryAreAppendOnly$",
	},
	{
		id: "m20-owner", breaks: "the owner of the history changes a line of it",
		edits: []edit{
			{"services/consent/internal/postgres/migrations/0060_forget_names.sql", "BEFORE UPDATE OR DELETE ON history", "BEFORE DELETE ON history"},
		},
		pkg: "services/consent/internal/postgres", test: "^TestTimelineAndHistoryAreAppendOnly$",
	},
}
