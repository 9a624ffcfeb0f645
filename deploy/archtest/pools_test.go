package archtest

import (
	"go/ast"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// pastTenants are the calls that reach rows past a request's tenant.
func pastTenants() []string { return []string{"InSystem", "AtOnce", "ReadSystem", "SystemPool"} }

// systemCallers is every file that makes one of them, and why it must.
func systemCallers() map[string]string {
	return map[string]string{
		"services/kit/jobs/jobs.go":                          "the job queue's library insists on a pool; its tables hold no tenant's data",
		"services/kit/host/purge.go":                         "removes old events, inbox entries and stored answers of all tenants",
		"services/kit/host/upkeep.go":                        "publishes events of all tenants again, for a broker that lost them",
		"services/peer/erasure.go":                           "a person is forgotten in all tenants at once",
		"services/membership/internal/app/people.go":         "a person's address, ownerships and data lie in all their organisations",
		"services/consent/internal/app/people.go":            "gathers what is held about a person over all accounts",
		"services/partnersupport/internal/app/people.go":     "gathers what is held about a person at every partner",
		"services/notification/internal/app/forget.go":       "gathers the mails to a person of all organisations",
		"services/membership/internal/postgres/decisions.go": "a decision reads a grant's account and the partner behind it in one statement",
		"services/membership/internal/fence/leases.go":       "waits for the replicas of the decision, which hold the rows of all accounts",
		"services/membership/internal/replica/follow.go":     "acknowledges a revocation of any account, once copies that hang on the replica have it",
		"services/membership/internal/rpc/approver.go":       "who may answer for a client is compared with the members of the asking partner",
		"services/membership/internal/postgres/grants.go":    "consent's batches of ends go over many accounts",
		"services/membership/internal/rpc/grant.go":          "consent's batches of grants, and visits, go over many accounts",
		"services/membership/internal/rpc/member.go":         "leaving a partner ends grants in the clients' accounts",
		"services/membership/internal/rpc/member_sheet.go":   "whoever leaves ends their grants in the clients' accounts",
		"services/membership/internal/rpc/call.go":           "what is done to a member reaches their grants and visits in the clients' accounts",
		"services/membership/internal/app/end_over.go":       "memberships end by their dates in every organisation",
		"services/membership/internal/app/forget_former.go":  "names are past their term in every organisation",
		"services/membership/internal/app/explain_access.go": "explains a decision from what the decision reads",
		"services/membership/internal/rpc/catalogue.go":      "the catalogue belongs to no tenant",

		"services/identity/internal/worker/sweep.go": "sweeps the ended sessions and codes of all people",

		"services/partnersupport/internal/app/check_session.go":     "identity and products name a visit before its tenant is known",
		"services/partnersupport/internal/app/close_visit.go":       "a visit ends in the partner's and the client's rows; products and the sweep name no tenant",
		"services/partnersupport/internal/app/follow_consent.go":    "a client's answer moves the partner's assignment",
		"services/partnersupport/internal/app/follow_membership.go": "a membership's end cascades over every dossier of the partner",
		"services/partnersupport/internal/app/resume_ends.go":       "ends of all partners are looked for and gone on with",
		"services/partnersupport/internal/app/conflict.go":          "a conflict is between two partners, neither of which learns who the other is",
		"services/partnersupport/internal/app/credit.go":            "credit depends on which partner listed a person first; the platform tells what clients of all partners pay",
		"services/partnersupport/internal/app/my_dossiers.go":       "a person's dossiers lie in the rows of all partners whom they work for",
		"services/partnersupport/internal/app/request_dossier.go":   "a code names a client before the two are linked",
		"services/partnersupport/internal/app/request_consent.go":   "a job asks the client after the partner's call has returned",

		"services/consent/internal/postgres/grant_store.go":    "grants that were confirmed together are of many clients",
		"services/consent/internal/app/invalidate.go":          "the platform ends a yes that it names by its id alone",
		"services/consent/internal/app/unreachable.go":         "a mailbox that bounces is the same for every client that its owner answers for",
		"services/partnersupport/internal/app/follow_reach.go": "whether a request reaches anybody is noted on the partner's assignment",
		"services/consent/internal/app/ledger_advance.go":      "gives the facts of all accounts their places in one ledger, and signs it",
		"services/consent/internal/app/checkpoint.go":          "a month's checkpoint goes to every client and partner",
		"services/consent/internal/app/ledger_audit.go":        "reads the ledger and all histories, to name what somebody changed",
		"services/consent/internal/app/forget_names.go":        "names are past their term in every account",

		"services/consent/internal/app/expire.go":  "records the end of every consent whose time is over",
		"services/consent/internal/app/history.go": "writes facts and products' records into the history of whatever account they name",
		"services/consent/internal/app/settle.go":  "a job confirms grants to membership, those of a removal across many clients",
		"services/consent/internal/app/purge.go":   "removes events, answers and links past their retention, of all clients",

		"services/notification/internal/app/compose.go": "stores the mails of one fact, whose recipients belong to several organisations",
		"services/notification/internal/app/purge.go":   "forgets old bodies of all organisations",
		"services/notification/internal/app/receive.go": "notes a fact before it is known whose mails it calls for",
		"services/notification/internal/app/send.go":    "a job claims one delivery by its id and notes the outcome",
	}
}

// rawConnections is every file outside kit/pg that holds a pool or opens a
// connection by itself, and why.
func rawConnections() map[string]string {
	return map[string]string{
		"services/kit/jobs/jobs.go":          "river's migrations take the owner's pool",
		"services/kit/pgboot/cluster.go":     "the launcher's own server: makes databases and roles before any service has one",
		"services/kit/pgboot/pgboot_test.go": "asks that server as its administrator",
		"services/kit/pgtest/pgtest.go":      "makes and drops a database per test",
		"deploy/house/books.go":              "reads outboxes, inboxes and the history of all services, as an auditor would",
		"deploy/faults/main_test.go":         "looks into the services' databases, and holds locks there",
		"deploy/replicas/grants_test.go":     "makes clients by rows, whom nobody has to know",
		"deploy/bench/ledger.go":             "fills the ledger with a million leaves by rows, and measures inserts without it",
		"deploy/bench/lists.go":              "fills lists of 100,000 by rows, as no client could in a minute",
		"deploy/bench/revocations.go":        "commits beside withdrawals, to see what the disk takes",
		"deploy/browser/large_test.go":       "fills a list of 100,000 by rows, as no client could in a minute",
		"deploy/e2e/visit_mails_test.go":     "brings a job's moment forward by a night",
		"deploy/e2e/rls_test.go":             "asks every table as the roles of the services, without the services",
	}
}

func TestSystemCallersAreListedWithTheirReason(t *testing.T) {
	t.Parallel()
	none(t, listed(load(t), callsPastTenants, byFile, systemCallers()))

	planted := plantAll(t, map[string]string{
		"services/consent/internal/app/a.go":      `func f() { db.InSystem(ctx, "why", nil) }`,
		"services/consent/internal/app/a_test.go": `func f() { db.InSystem(ctx, "why", nil) }`,
		"services/kit/pg/tx.go":                   `func f() { db.SystemPool() }`,
	})
	require.Len(t, listed(planted, callsPastTenants, byFile, nil), 1)
	require.Empty(t, listed(planted, callsPastTenants, byFile, map[string]string{"services/consent/internal/app/a.go": "a cascade"}))
	for _, call := range pastTenants() {
		planted := plantAll(t, map[string]string{"services/consent/internal/app/a.go": "func f() { db." + call + "() }"})
		require.Len(t, listed(planted, callsPastTenants, byFile, nil), 1, call)
	}
	require.Len(t, listed(nil, callsPastTenants, byFile, map[string]string{"services/consent/gone.go": "a cascade"}), 1, "the list is exact")
}

func TestOnlyKitPgHoldsConnections(t *testing.T) {
	t.Parallel()
	none(t, listed(load(t), opensConnections, byFile, rawConnections()))

	planted := plantAll(t, map[string]string{
		"services/consent/internal/postgres/a.go": `import "github.com/jackc/pgx/v5/pgxpool"` + "\nvar _ pgxpool.Pool",
		"services/consent/internal/app/b.go":      "import \"github.com/jackc/pgx/v5\"\nfunc f() { pgx.Connect(ctx, url) }",
		"services/consent/internal/app/c.go":      `import _ "database/sql"`,
		"services/kit/pg/pg.go":                   `import _ "github.com/jackc/pgx/v5/pgxpool"`,
	})
	require.Len(t, listed(planted, opensConnections, byFile, nil), 3)
}

// listed gives what is found at a place that the table does not name, and the
// lines of the table at whose place nothing is found.
func listed(tree []source, check func(source) []finding, place func(source) string, table map[string]string) []finding {
	var out []finding
	used := map[string]bool{}
	for _, s := range tree {
		found := check(s)
		if len(found) == 0 {
			continue
		}
		used[place(s)] = true
		if _, ok := table[place(s)]; !ok {
			out = append(out, found...)
		}
	}
	return append(out, stale(table, used)...)
}

func byFile(s source) string { return s.Path }

func callsPastTenants(s source) []finding {
	if s.under("services/kit/pg/") || s.test() {
		return nil
	}
	var out []finding
	ast.Inspect(s.File, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(pastTenants(), sel.Sel.Name) {
			out = append(out, s.found(sel.Pos(), "reaches past tenants by %s: list the file with its reason", sel.Sel.Name))
		}
		return true
	})
	return out
}

func opensConnections(s source) []finding {
	if s.under("services/kit/pg/") {
		return nil
	}
	var out []finding
	for _, spec := range s.File.Imports {
		if path := importPath(spec); path == "github.com/jackc/pgx/v5/pgxpool" || path == "database/sql" {
			out = append(out, s.found(spec.Pos(), "imports %s", path))
		}
	}
	for _, use := range s.uses("github.com/jackc/pgx/v5", "Connect", "ConnectConfig", "ConnectWithOptions") {
		out = append(out, s.found(use.Pos(), "opens a connection by pgx.%s", use.Sel.Name))
	}
	return out
}
