package e2e

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/stack"
)

// outside are the tables that stand outside row-level security, by name, with
// the reason; "*" holds for every context.
func outside() map[string]map[string]string {
	return map[string]map[string]string{
		"*": {
			"outbox":            "the relay publishes for all tenants",
			"inbox":             "events are known by their id alone",
			"idempotency":       "requests of links and of the operator have no tenant; keys begin with it",
			"goose_db_version":  "migrations",
			"kit_goose_version": "migrations",
		},
		"identity": {
			"users":          "a person belongs to no tenant",
			"credentials":    "a person belongs to no tenant",
			"sessions":       "looked up by token before any tenant is known",
			"one_time_token": "looked up before any tenant is known",
			"attempt":        "hashes of whom and where from, counted before anybody is known",
			"reset_request":  "asked for before anybody is known",
			"email_change":   "a person belongs to no tenant",
			"erasure_step":   "a person belongs to no tenant",

			"factor":            "a person belongs to no tenant",
			"recovery_code":     "a person belongs to no tenant",
			"passkey_handle":    "looked up before anybody is known",
			"passkey_challenge": "looked up before anybody is known",
		},
		"membership":     {"one_time_token": "looked up before any tenant is known"},
		"partnersupport": {"product": "the operator's, known to all"},
		"consent": {
			"consent_link": "looked up before any tenant is known",
			"consent_code": "looked up before any tenant is known",

			"mail_departure":         "a mail to one person about several companies; ids alone",
			"mail_departure_request": "likewise",
			"consent_number":         "looked up before any tenant is known",
			"consent_call":           "hashes of whom and where from, counted before any tenant is known",
			"known_device":           "a person belongs to no tenant",
			"erased_person":          "a person belongs to no tenant",

			"ledger_leaf":       "leaves name nobody; all are one tree",
			"ledger_hash":       "hashes of that tree",
			"ledger_checkpoint": "what is signed is for everybody",
		},
	}
}

// catalogues are under row-level security and hold nobody's data: all read,
// nobody writes.
func catalogues() map[string]bool {
	return map[string]bool{"membership.feature": true, "membership.partner_role_preset": true, "membership.feature_namespace": true}
}

func reasonOutside(service, table string) string {
	if reason := outside()["*"][table]; reason != "" {
		return reason
	}
	return outside()[service][table]
}

// connect opens one connection with a role of a service: "app", "system" or
// "migrate".
func connect(t *testing.T, service, role string) *pgx.Conn {
	t.Helper()
	urls := shared.stack.Database(service)
	conn, err := pgx.Connect(t.Context(), map[string]string{"app": urls.App, "system": urls.System, "migrate": urls.Migrate}[role])
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func perService(t *testing.T, run func(t *testing.T, service string)) {
	t.Helper()
	t.Parallel()
	for _, service := range stack.Services {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			run(t, service)
		})
	}
}

// T-09: every table is under row-level security, with FORCE, or named.
func TestEveryTableIsUnderRowLevelSecurityOrNamed(t *testing.T) {
	perService(t, func(t *testing.T, service string) {
		named := map[string]bool{}
		for _, one := range tablesOf(t, service) {
			require.Equal(t, service+"_owner", one.Owner, one.Name)
			if one.Enabled {
				require.True(t, one.Forced, "%s: FORCE", one.Name)
				require.Empty(t, reasonOutside(service, one.Name), "%s is named as outside", one.Name)
				continue
			}
			require.NotEmpty(t, reasonOutside(service, one.Name), "%s.%s is outside row-level security without a reason", service, one.Name)
			named[one.Name] = true
		}
		for table := range outside()[service] {
			require.True(t, named[table], "%s is named and not there", table)
		}
	})
}

// table is one table of the schema public; the job queue has its own schema.
type table struct {
	Name, Owner     string
	Enabled, Forced bool
}

func tablesOf(t *testing.T, service string) []table {
	t.Helper()
	return rowsOf[table](t, connect(t, service, "app"), `
		SELECT c.relname AS name, pg_get_userbyid(c.relowner) AS owner, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
		ORDER BY c.relname`)
}

func rowsOf[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	require.NoError(t, err)
	return out
}

// T-09: no role that a service connects with may pass by the policies.
func TestNoRolePassesByThePolicies(t *testing.T) {
	perService(t, func(t *testing.T, service string) {
		type role struct {
			Name                                    string
			Super, Bypass, Creates, Owns, BelongsTo bool
		}
		for _, one := range rowsOf[role](t, connect(t, service, "app"), `
			SELECT r.rolname AS name, r.rolsuper AS super, r.rolbypassrls AS bypass, r.rolcreaterole OR r.rolcreatedb AS creates,
				EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS owns,
				EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS belongs_to
			FROM pg_roles r
			WHERE r.rolname LIKE $1
			ORDER BY r.rolname`, service+`\_%`) {
			require.False(t, one.Super || one.Bypass || one.Creates, one.Name)
			require.Equal(t, one.Name == service+"_owner", one.Owns, one.Name)
			require.Equal(t, one.Name == service+"_migrate", one.BelongsTo, one.Name)
		}
		for _, role := range []string{"app", "system"} {
			conn := connect(t, service, role)
			for _, sql := range []string{
				"SET ROLE " + service + "_owner", "SET ROLE " + service + "_migrate",
				"CREATE TABLE intruder (id int)", "CREATE SCHEMA intruder",
			} {
				requireState(t, attempt(t, conn, sql), role+": "+sql, "42501")
			}
		}
	})
}

// T-09: roles of one service do not even connect to another's database.
func TestADatabaseIsClosedToOtherServices(t *testing.T) {
	perService(t, func(t *testing.T, service string) {
		for _, other := range stack.Services {
			if other == service {
				continue
			}
			config, err := pgx.ParseConfig(shared.stack.Database(service).System)
			require.NoError(t, err)
			config.Database = "aval_" + other
			_, err = pgx.ConnectConfig(t.Context(), config)
			requireState(t, err, service+" to "+other, "42501")
		}
	})
}

// ownersRights are the functions that run with their owner's rights, by name: of
// an append-only history names alone can be taken, once their term is over.
func ownersRights() map[string][]string { return map[string][]string{"consent": {"forget_names"}} }

// T-09, B5: nothing else runs with its owner's rights.
func TestNothingRunsWithItsOwnersRights(t *testing.T) {
	perService(t, func(t *testing.T, service string) {
		type object struct{ Name string }
		conn := connect(t, service, "app")
		definer := rowsOf[object](t, conn, `
			SELECT p.proname AS name
			FROM pg_proc p
			JOIN pg_namespace n ON n.oid = p.pronamespace
			WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef`)
		var names []string
		for _, one := range definer {
			names = append(names, one.Name)
		}
		require.Equal(t, ownersRights()[service], names, "SECURITY DEFINER functions must be listed here by name")
		views := rowsOf[object](t, conn, `
			SELECT c.relname AS name
			FROM pg_class c
			JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
				AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false))`)
		require.Empty(t, views, "views need security_invoker, and materialised views hold no tenant's data")
	})
}

// T-09: nobody who serves requests empties a table, and what is written for
// ever stays as it was written.
func TestHistoryIsAppendOnly(t *testing.T) {
	perService(t, func(t *testing.T, service string) {
		for _, role := range []string{"app", "system"} {
			conn := connect(t, service, role)
			for _, one := range tablesOf(t, service) {
				requireState(t, attempt(t, conn, "TRUNCATE "+one.Name+" CASCADE"), role+" truncates "+one.Name, "42501", "23001")
			}
		}
	})
	for _, role := range []string{"app", "system"} {
		conn := connect(t, "consent", role)
		for _, sql := range []string{
			"UPDATE history SET action = 'other'", "DELETE FROM history",
			"UPDATE transition SET reason = 'other'", "DELETE FROM transition",
		} {
			requireState(t, attempt(t, conn, sql), role+": "+sql, "42501", "23001")
		}
	}
}
