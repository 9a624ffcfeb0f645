package postgres_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// bundle is a database that holds one given consent with its grant.
type bundle struct {
	urls  pg.URLs
	db    *pg.DB
	given domain.Record
	grant domain.Grant
}

func setup(t *testing.T) *bundle {
	t.Helper()
	urls := pgtest.URLs(t, "consent", postgres.Migrations)
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), SystemURL: config.NewSecret(urls.System), MaxConns: 4})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	b := &bundle{urls: urls, db: db}
	c, first := domain.Ask(record(), now(), 14*24*time.Hour)
	client := c.Record().ClientID
	require.NoError(t, db.InTenant(t.Context(), client, func(ctx context.Context, tx pg.Tx) error {
		store := postgres.Consents{}
		require.NoError(t, store.Insert(ctx, tx, c.Record()))
		require.NoError(t, store.Append(ctx, tx, c.Record(), first))
		grant, step, err := c.Give(yes())
		require.NoError(t, err)
		require.NoError(t, store.Update(ctx, tx, c.Record()))
		require.NoError(t, store.Append(ctx, tx, c.Record(), step))
		b.given, b.grant = c.Record(), grant
		return postgres.Grants{}.Insert(ctx, tx, grant)
	}))
	return b
}

func now() time.Time { return time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC) }

func record() domain.Record {
	return domain.Record{
		ID: id.New(), ClientID: id.New(), PartnerID: id.New(), AssignmentID: id.New(), UserID: id.New(), RequesterID: id.New(),
		ClientName: "Boulangerie Durand", ClientLocale: "fr", ProductName: "Compta+", GivenName: "Karim", FamilyName: "Haddad",
		Partner: domain.Identification{
			LegalName: "Cabinet Martin", RegistrationNumber: "552", PostalAddress: "a\nb", ContactEmail: "c@d.example", ContactPhone: "+33",
		},
		Role: domain.TechnicalSupport, Reason: "aide", Proposed: time.Hour,
		Lines: []domain.Line{{Right: domain.Right{Feature: "management", Level: domain.Approver}, LabelFR: "Gestion", LabelEN: "Management"}},
	}
}

func yes() domain.Yes {
	return domain.Yes{
		GrantID: id.New(), By: domain.Respondent{UserID: id.New(), Name: "Anne Petit", Approver: true, Administrator: true},
		Duration: domain.Duration{Choice: domain.OneWeek}, CurrentHash: "h", Now: now().Add(time.Hour),
		Evidence: domain.Evidence{
			Assurance: domain.Session, TextHash: "h", TextVersion: "support/1", TextLocale: "fr", Network: "192.0.2.0/24", Agent: "x",
		},
	}
}

// exec runs one statement as a tenant's application.
func (b *bundle) exec(t *testing.T, tenant id.ID, statement string) (int64, error) {
	t.Helper()
	var rows int64
	err := b.db.InTenant(t.Context(), tenant, func(ctx context.Context, tx pg.Tx) error {
		tag, err := tx.Exec(ctx, statement)
		rows = tag.RowsAffected()
		return err
	})
	return rows, err
}

func (b *bundle) see(t *testing.T, tenant id.ID, table string) int {
	t.Helper()
	var n int
	read := func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	}
	if tenant.IsZero() {
		require.NoError(t, b.db.InApp(t.Context(), read))
	} else {
		require.NoError(t, b.db.InTenant(t.Context(), tenant, read))
	}
	return n
}

func TestConsentReadsBackAsItWas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.db.InTenant(t.Context(), b.given.ClientID, func(ctx context.Context, tx pg.Tx) error {
		got, err := postgres.Consents{}.ByID(ctx, tx, b.given.ClientID, b.given.ID)
		require.NoError(t, err)
		require.Equal(t, b.given, got)
		grant, ok, err := postgres.Grants{}.ByConsent(ctx, tx, b.given.ClientID, b.given.ID)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, b.grant, grant)
		return nil
	}))
}

func TestWhoSeesWhat(t *testing.T) { // T-09
	t.Parallel()
	b := setup(t)
	for table, want := range map[string][3]int{ // client, partner, others
		"consent": {1, 1, 0}, "access_grant": {1, 1, 0}, "transition": {2, 0, 0},
	} {
		require.Equal(t, want[0], b.see(t, b.given.ClientID, table), "client: %s", table)
		require.Equal(t, want[1], b.see(t, b.given.PartnerID, table), "partner: %s", table)
		require.Equal(t, want[2], b.see(t, id.New(), table), "another tenant: %s", table)
		require.Equal(t, want[2], b.see(t, b.given.UserID, table), "the person is no tenant: %s", table)
		require.Equal(t, want[2], b.see(t, id.ID{}, table), "no tenant: %s", table)
	}
}

func TestPartnerOnlyMovesTowardsTheEnd(t *testing.T) { // T-09
	t.Parallel()
	b := setup(t)
	partner := b.given.PartnerID
	for _, refused := range []string{
		`UPDATE access_grant SET rights = '[{"feature":"management","level":4},{"feature":"sms","level":4}]'`,
		"UPDATE access_grant SET valid_until = NULL",
		"UPDATE access_grant SET valid_until = valid_until + interval '1 day'",
		"UPDATE access_grant SET user_id = gen_random_uuid()",
		"UPDATE access_grant SET client_id = partner_id",
		"UPDATE access_grant SET version = 0",
		"UPDATE access_grant SET settled = 99",
		"UPDATE consent SET expire_time = NULL",
		"UPDATE consent SET granted = '[]'",
		"UPDATE consent SET state = 'WITHDRAWN'",
		"UPDATE consent SET state = 'SUPERSEDED'",
		"UPDATE consent SET client_id = partner_id",
		"UPDATE consent SET approver_id = gen_random_uuid()",
		"UPDATE consent SET text_hash = ''",
		"DELETE FROM access_grant",
		"DELETE FROM consent",
		"TRUNCATE consent CASCADE",
	} {
		_, err := b.exec(t, partner, refused)
		require.Error(t, err, refused)
	}
	_, err := b.exec(t, partner, `INSERT INTO access_grant (client_id, id, consent_id, partner_id, user_id, partner_role, rights, state, valid_from, version)
SELECT client_id, gen_random_uuid(), id, partner_id, user_id, 'ACCOUNTANT', '[]', 'ACTIVE', now(), 1 FROM consent`)
	require.ErrorContains(t, err, "row-level security")

	for _, allowed := range []string{
		"UPDATE access_grant SET state = 'REVOKED', end_time = now(), end_reason = 'TERMINATED', version = version + 1",
		"UPDATE consent SET state = 'TERMINATED', revoke_time = now(), version = version + 1",
	} {
		rows, err := b.exec(t, partner, allowed)
		require.NoError(t, err, allowed)
		require.Equal(t, int64(1), rows)
	}
}

func TestWhatIsOverStaysOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, ended := range []string{
		"UPDATE access_grant SET state = 'REVOKED', version = version + 1",
		"UPDATE consent SET state = 'WITHDRAWN', version = version + 1",
	} {
		_, err := b.exec(t, b.given.ClientID, ended)
		require.NoError(t, err)
	}
	for _, refused := range []string{
		"UPDATE access_grant SET state = 'ACTIVE', version = version + 1",
		"UPDATE consent SET state = 'GIVEN', version = version + 1",
	} {
		_, err := b.exec(t, b.given.ClientID, refused)
		require.ErrorContains(t, err, "stays over")
	}
}

func TestAYesNeedsItsEvidence(t *testing.T) { // R5, R45
	t.Parallel()
	b := setup(t)
	_, err := b.exec(t, b.given.ClientID, "UPDATE consent SET text_hash = ''")
	require.True(t, pg.IsCheck(err, "consent_yes_has_evidence"))
}

func TestTimelineAndHistoryAreAppendOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.exec(t, b.given.ClientID, `INSERT INTO history (account_id, id, time, action, outcome, source)
VALUES (ctx_tenant(), gen_random_uuid(), now(), 'x', 'DONE', 'test')`)
	require.NoError(t, err)
	for _, table := range []string{"transition", "history"} {
		for _, change := range []string{"UPDATE " + table + " SET time = now()", "DELETE FROM " + table, "TRUNCATE " + table} {
			_, err := b.exec(t, b.given.ClientID, change)
			require.ErrorContains(t, err, "permission denied", "application: %s", change)
			err = b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
				_, err := tx.Exec(ctx, change)
				return err
			})
			require.ErrorContains(t, err, "permission denied", "system: %s", change)
			require.ErrorContains(t, asOwner(t, b.urls.Migrate, change), "append-only", "owner: %s", change)
		}
	}
	require.Equal(t, 1, b.see(t, b.given.ClientID, "history"))
	require.Zero(t, b.see(t, b.given.PartnerID, "history"))
}

// asOwner runs a statement as the role that owns the tables: in a migration.
func asOwner(t *testing.T, migrateURL, statement string) error {
	t.Helper()
	return pg.Migrate(t.Context(), migrateURL, fstest.MapFS{
		"9999_change_facts.sql": {Data: []byte("-- +goose Up\n" + statement + ";\n")},
	})
}

func TestListKnowsTheInstant(t *testing.T) { // R40
	t.Parallel()
	b := setup(t)
	list := func(at time.Time, states ...domain.State) int {
		var n int
		require.NoError(t, b.db.InTenant(t.Context(), b.given.ClientID, func(ctx context.Context, tx pg.Tx) error {
			out, err := postgres.Consents{}.List(ctx, tx, postgres.Listing{ClientID: b.given.ClientID, States: states, Now: at, Limit: 10})
			n = len(out)
			return err
		}))
		return n
	}
	before, after := b.given.ExpireTime.Add(-time.Microsecond), b.given.ExpireTime
	require.Equal(t, 1, list(before))
	require.Equal(t, 1, list(before, domain.Given))
	require.Zero(t, list(before, domain.Expired))
	require.Zero(t, list(after, domain.Given))
	require.Equal(t, 1, list(after, domain.Expired))
}
