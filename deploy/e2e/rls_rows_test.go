package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/stack"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// requireState wants the statement refused by the database, with one of the
// SQLSTATEs when any is given.
func requireState(t *testing.T, err error, what string, states ...string) {
	t.Helper()
	var refused *pgconn.PgError
	require.ErrorAs(t, err, &refused, "%s was not refused", what)
	if len(states) > 0 {
		require.Contains(t, states, refused.Code, "%s: %v", what, err)
	}
}

// attempt runs a statement and takes it back.
func attempt(t *testing.T, conn *pgx.Conn, sql string, args ...any) error {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, failed := tx.Exec(t.Context(), sql, args...)
	require.NoError(t, tx.Rollback(t.Context()))
	return failed
}

// tenants are two that have rows in every table, as far as journeys make them.
type tenants struct{ own, other visiting }

func (b bundle) tenants(t *testing.T) tenants {
	t.Helper()
	leaving := b.visiting(t)
	_, err := partnersupportv1.NewCollaboratorServiceClient(leaving.partner.Owner).RemoveCollaborator(t.Context(), &partnersupportv1.RemoveCollaboratorRequest{
		PartnerId: leaving.partner.ID, CollaboratorId: leaving.collaborator.GetId(), Confirm: "REMOVE",
	})
	require.NoError(t, err)
	_, err = partnersupportv1.NewDossierEndServiceClient(leaving.partner.Owner).EndDossier(t.Context(), &partnersupportv1.EndDossierRequest{
		PartnerId: leaving.partner.ID, DossierId: leaving.dossier.GetId(), Confirm: "REMOVE",
	})
	require.NoError(t, err)
	all := tenants{own: b.visiting(t), other: b.visiting(t)}
	for _, v := range []visiting{all.own, all.other} {
		b.contact(t, v.support, person("marie").Email)
		b.blockedOnce(t, v)
		_, err := partnersupportv1.NewDossierRequestServiceClient(v.client.Owner).RenewClientCode(t.Context(), &partnersupportv1.RenewClientCodeRequest{
			ClientId: v.client.ID,
		})
		require.NoError(t, err)
		_, err = partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner).TagCollaborator(t.Context(), &partnersupportv1.TagCollaboratorRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), Kind: partnersupportv1.TagKind_TAG_KIND_EMPLOYEE,
		})
		require.NoError(t, err)
		plant(t, v)
	}
	return all
}

// plant writes what conflicts between partners and months gone by leave in their
// rows.
func plant(t *testing.T, v visiting) {
	t.Helper()
	partner := uuidOf(t, v.partner.ID)
	tx := begin(t, connect(t, "partnersupport", "app"), partner)
	for _, sql := range []string{
		"INSERT INTO release_request (partner_id, id, assignment_id, create_time, version) VALUES ($1, $2, $3, now(), 1)",
		"INSERT INTO release_wish (partner_id, release_request_id, assignment_id, actor_id, create_time) VALUES ($1, $2, $3, $2, now())",
	} {
		_, err := tx.Exec(t.Context(), sql, partner, id.New().UUID(), uuidOf(t, v.assignment.GetId()))
		require.NoError(t, err)
	}
	for _, sql := range []string{
		"INSERT INTO brand (partner_id, name, color, logo, update_time, actor_id, version) VALUES ($1, 'Lumen', '', '', now(), $2, 1)",
		"INSERT INTO revenue (partner_id, client_id, month, amount_minor, currency, update_time) VALUES ($1, $2, '2020-01-01', 1, 'EUR', now())",
		"INSERT INTO frozen_credit SELECT partner_id, '2020-01-01', id, client_id, client_name, sort_name, 1, 1, false, false, 1, 'EUR', now() FROM dossier WHERE partner_id = $1 AND client_id = $2",
	} {
		_, err := tx.Exec(t.Context(), sql, partner, uuidOf(t, v.client.ID))
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit(t.Context()))
}

// T-09: the rows of tenants, statement by statement.
func TestRowsOfTenantsAreApart(t *testing.T) {
	t.Parallel()
	all := setup(t, shared.edge).tenants(t)
	t.Run("a tenant reaches its own rows alone", func(t *testing.T) { t.Parallel(); reachOwnRows(t, all) })
	t.Run("without a tenant there is no row", func(t *testing.T) { t.Parallel(); withoutATenant(t) })
	t.Run("no row is written for another tenant", func(t *testing.T) { t.Parallel(); writeForOthers(t, all) })
}

func uuidOf(t *testing.T, text string) string {
	t.Helper()
	parsed, err := id.Parse(text[:3], text)
	require.NoError(t, err)
	return parsed.UUID().String()
}

// column tells of a table what a hostile statement needs.
type column struct {
	Name      string
	Generated bool
	UUID      bool
}

func columnsOf(t *testing.T, conn *pgx.Conn, table string) []column {
	t.Helper()
	return rowsOf[column](t, conn, `
		SELECT a.attname AS name, a.attgenerated <> '' OR a.attidentity <> '' AS generated, a.atttypid = 'uuid'::regtype AS uuid
		FROM pg_attribute a
		WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum`, table)
}

// guarded are the tables under row-level security that hold tenants' rows.
func guarded(t *testing.T, service string) []string {
	t.Helper()
	var names []string
	for _, one := range tablesOf(t, service) {
		if one.Enabled && !catalogues()[service+"."+one.Name] {
			names = append(names, one.Name)
		}
	}
	return names
}

// reachOwnRows (B1): in a tenant's context every row that is seen names the
// tenant, and the rows of others are neither seen, changed nor deleted.
func reachOwnRows(t *testing.T, all tenants) {
	for _, service := range stack.Services {
		app, system := connect(t, service, "app"), connect(t, service, "system")
		for _, table := range guarded(t, service) {
			require.Positive(t, count(t, system, "", "SELECT count(*) FROM "+table), "%s has no row: the check would be empty", table)
			seen := 0
			for _, own := range contextsOf(t, all.own) {
				foreign := " WHERE strpos(to_jsonb(" + table + ")::text, '" + own + "') = 0"
				require.Zero(t, count(t, app, own, "SELECT count(*) FROM "+table+foreign), "%s.%s shows rows of others", service, table)
				require.Positive(t, count(t, system, "", "SELECT count(*) FROM "+table+foreign), "%s has no row of others", table)
				requireUntouched(t, app, own, table, foreign)
				seen += count(t, app, own, "SELECT count(*) FROM "+table)
			}
			require.True(t, seen > 0 || shownToNobody()[table], "a tenant sees nothing of its own in %s: the check would be empty", table)
		}
	}
}

// shownToNobody are tables of which tenants see no row: the system's own work.
func shownToNobody() map[string]bool {
	return map[string]bool{"removal": true, "dossier_ending": true, "decision_lease": true}
}

// hostileContexts are contexts that stand for no tenant.
func hostileContexts() map[string]string {
	return map[string]string{
		"empty": "", "a stranger's": id.New().UUID().String(), "nil": "00000000-0000-0000-0000-000000000000",
		"garbage": "garbage", "an injection": "' OR true --", "a list": "{}", "a text id": id.New().Text("org"), "a space": " ",
	}
}

// withoutATenant: no context, or a hostile one, is no row, whatever the verb.
func withoutATenant(t *testing.T) {
	for _, service := range stack.Services {
		app := connect(t, service, "app")
		for _, table := range guarded(t, service) {
			for name, tenant := range hostileContexts() {
				seen, err := tryCount(t, app, tenant, "SELECT count(*) FROM "+table)
				if err != nil {
					requireState(t, err, name, "22P02") // no uuid
					continue
				}
				require.Zero(t, seen, "%s.%s in a context that is %s", service, table, name)
				requireUntouched(t, app, tenant, table, "")
			}
			var seen int
			require.NoError(t, app.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&seen))
			require.Zero(t, seen, "%s.%s without any context", service, table)
		}
	}
}

// count is tryCount where no error is expected.
func count(t *testing.T, conn *pgx.Conn, tenant, sql string) int {
	t.Helper()
	n, err := tryCount(t, conn, tenant, sql)
	require.NoError(t, err, sql)
	return n
}

func tryCount(t *testing.T, conn *pgx.Conn, tenant, sql string) (n int, err error) {
	t.Helper()
	tx := begin(t, conn, tenant)
	err = tx.QueryRow(t.Context(), sql).Scan(&n)
	require.NoError(t, tx.Rollback(t.Context()))
	return n, err
}

func begin(t *testing.T, conn *pgx.Conn, tenant string) pgx.Tx {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "SELECT set_config('app.tenant', $1, true)", tenant)
	require.NoError(t, err)
	return tx
}

// requireUntouched tries to change and to delete rows: none is found, or the
// verb itself is refused.
func requireUntouched(t *testing.T, conn *pgx.Conn, tenant, table, where string) {
	t.Helper()
	key := columnsOf(t, conn, table)[0].Name
	for _, sql := range []string{
		fmt.Sprintf("UPDATE %s SET %s = %s%s", table, key, key, where),
		"DELETE FROM " + table + where,
	} {
		tx := begin(t, conn, tenant)
		tag, err := tx.Exec(t.Context(), sql)
		require.NoError(t, tx.Rollback(t.Context()))
		if err != nil {
			requireState(t, err, sql, "42501")
			continue
		}
		require.Zero(t, tag.RowsAffected(), sql)
	}
}

// writeForOthers: a row is never written into another tenant, nor handed over
// to one.
func writeForOthers(t *testing.T, all tenants) {
	for _, service := range stack.Services {
		app, system := connect(t, service, "app"), connect(t, service, "system")
		for _, table := range guarded(t, service) {
			columns := columnsOf(t, app, table)
			for _, tenant := range append(contextsOf(t, all.own), "") {
				foreign := foreignRow(t, system, table, tenant)
				requireState(t, insertCopy(t, app, tenant, table, columns, foreign), table+": inserting for another tenant", "42501")
			}
			for _, tenant := range contextsOf(t, all.own) {
				requireKept(t, app, tenant, table, columns)
			}
		}
	}
}

func contextsOf(t *testing.T, v visiting) []string {
	t.Helper()
	return []string{uuidOf(t, v.client.ID), uuidOf(t, v.partner.ID)}
}

func foreignRow(t *testing.T, system *pgx.Conn, table, tenant string) string {
	t.Helper()
	var row string
	err := system.QueryRow(t.Context(), "SELECT to_jsonb("+table+")::text FROM "+table+
		" WHERE $1 = '' OR strpos(to_jsonb("+table+")::text, $1) = 0 LIMIT 1", tenant).Scan(&row)
	require.NoError(t, err, table)
	return row
}

// insertCopy writes somebody's row again; policies speak before unique keys.
func insertCopy(t *testing.T, app *pgx.Conn, tenant, table string, columns []column, row string) error {
	t.Helper()
	var names []string
	for _, one := range columns {
		if !one.Generated {
			names = append(names, one.Name)
		}
	}
	list := strings.Join(names, ", ")
	tx := begin(t, app, tenant)
	_, err := tx.Exec(t.Context(), fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_record(NULL::%s, $1::text::jsonb)", table, list, list, table), row)
	require.NoError(t, tx.Rollback(t.Context()))
	return err
}

// requireKept tries to hand the tenant's own rows to a stranger, through each
// column that names the tenant in them.
func requireKept(t *testing.T, app *pgx.Conn, tenant, table string, columns []column) {
	t.Helper()
	for _, one := range slices.DeleteFunc(slices.Clone(columns), func(c column) bool { return !c.UUID || c.Generated }) {
		tx := begin(t, app, tenant)
		tag, err := tx.Exec(t.Context(), fmt.Sprintf("UPDATE %s SET %s = $1 WHERE %s = $2", table, one.Name, one.Name), id.New().UUID().String(), tenant)
		require.NoError(t, tx.Rollback(t.Context()))
		var refused *pgconn.PgError
		if !errors.As(err, &refused) {
			require.NoError(t, err)
			require.Zero(t, tag.RowsAffected(), "%s.%s was handed over", table, one.Name)
		}
	}
}
