package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func moment() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

// world is a partner with one of everything.
type world struct {
	product      domain.Product
	collaborator domain.Collaborator
	dossier      domain.Dossier
	assignment   domain.Assignment
	session      domain.SupportSession
	tag          domain.Tag
	removal      domain.Removal
}

func setup(t *testing.T) *pg.DB {
	t.Helper()
	return pgtest.DB(t, "partnersupport", postgres.Migrations, jobs.Migrate)
}

func newWorld(n int) world {
	partner := id.New()
	w := world{
		product: domain.Product{
			ID: id.New(), Name: fmt.Sprintf("Facturier %d", n), EnterURL: "https://a.example/enter",
			Audience: fmt.Sprintf("https://a%d.example", n), SpiffeID: fmt.Sprintf("spiffe://aval.local/a%d", n), CreateTime: moment(),
		},
		collaborator: domain.Collaborator{
			PartnerID: partner, ID: id.New(), InvitationID: id.New(), UserID: id.New(), GivenName: "Karim", FamilyName: "Benali",
			Email: "karim@cabinet.example", PartnerRole: domain.TechnicalSupport, State: domain.Ready, Version: 1, CreateTime: moment(),
		},
		dossier: domain.Dossier{
			PartnerID: partner, ID: id.New(), ClientID: id.New(), PartnerName: "Cabinet", ClientName: "Élan SARL",
			ClientRegistrationNumber: "FR 552", SortName: "elan sarl", State: domain.DossierActive, Version: 1, CreateTime: moment(),
		},
	}
	w.assignment = domain.Assignment{
		PartnerID: partner, ID: id.New(), DossierID: w.dossier.ID, CollaboratorID: w.collaborator.ID, RequesterID: id.New(),
		ConsentID: id.New(), Reason: "facture", ProposedDuration: 7 * 24 * time.Hour, State: domain.Active, Version: 2, CreateTime: moment(),
	}
	w.session = domain.SupportSession{
		PartnerID: partner, ID: id.New(), AssignmentID: w.assignment.ID, DossierID: w.dossier.ID, CollaboratorID: w.collaborator.ID,
		ProductID: w.product.ID, UserID: w.collaborator.UserID, ClientID: w.dossier.ClientID, GrantID: id.New(),
		ConsentID: w.assignment.ConsentID, Reason: "ticket 7", StartTime: moment(), ExpireTime: moment().Add(time.Hour),
		Idle: 30 * time.Minute, LastUseTime: moment(), Version: 1,
	}
	w.tag = domain.Tag{
		PartnerID: partner, ID: id.New(), CollaboratorID: w.collaborator.ID, Kind: domain.Employee, SinceTime: moment(), ActorID: id.New(),
	}
	w.removal = domain.NewRemoval(id.New(), w.collaborator, id.New(), moment())
	return w
}

func (w world) partner() id.ID { return w.collaborator.PartnerID }

func (w world) store(t *testing.T, db *pg.DB) world {
	t.Helper()
	require.NoError(t, db.InTenant(t.Context(), w.partner(), func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, postgres.AddProduct(ctx, tx, w.product))
		_, err := postgres.AddCollaborator(ctx, tx, w.collaborator)
		require.NoError(t, err)
		require.NoError(t, postgres.AddDossier(ctx, tx, w.dossier))
		require.NoError(t, postgres.AddAssignments(ctx, tx, []domain.Assignment{w.assignment}))
		require.NoError(t, postgres.AddSession(ctx, tx, w.session))
		require.NoError(t, postgres.AddTag(ctx, tx, w.tag))
		require.NoError(t, postgres.AddEnding(ctx, tx, domain.DossierEnding{
			PartnerID: w.partner(), ID: id.New(), DossierID: w.dossier.ID, ClientID: w.dossier.ClientID,
			Side: domain.ClientSide, ActorID: id.New(), CreateTime: moment(),
		}))
		_, err = postgres.AddRemoval(ctx, tx, w.removal)
		return err
	}))
	return w
}

func tenantTables() []string {
	return []string{"collaborator", "dossier", "assignment", "support_session", "removal", "collaborator_tag", "dossier_ending"}
}

func count(out map[string]int) pg.Func {
	return func(ctx context.Context, tx pg.Tx) error {
		for _, table := range tenantTables() {
			var n int
			if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				return err
			}
			out[table] = n
		}
		return nil
	}
}

func TestATenantSeesItsOwnRowsAlone(t *testing.T) {
	t.Parallel()
	db := setup(t)
	one, _ := newWorld(1).store(t, db), newWorld(2).store(t, db)
	seen := func(run func(fn pg.Func) error) map[string]int {
		out := map[string]int{}
		require.NoError(t, run(count(out)))
		return out
	}
	each := func(n int) map[string]int {
		out := map[string]int{}
		for _, table := range tenantTables() {
			out[table] = n
		}
		return out
	}
	ctx := t.Context()
	require.Equal(t, each(1), seen(func(fn pg.Func) error { return db.InTenant(ctx, one.partner(), fn) }))
	require.Equal(t, each(0), seen(func(fn pg.Func) error { return db.InTenant(ctx, id.New(), fn) }))
	require.Equal(t, each(0), seen(func(fn pg.Func) error { return db.InApp(ctx, fn) }), "no tenant, no rows")
	require.Equal(t, each(0), seen(func(fn pg.Func) error { return db.InUser(ctx, one.collaborator.UserID, fn) }))
	require.Equal(t, each(2), seen(func(fn pg.Func) error { return db.InSystem(ctx, "test", fn) }))
}

func TestATenantWritesNothingOfAnother(t *testing.T) {
	t.Parallel()
	db := setup(t)
	theirs := newWorld(1).store(t, db)
	ctx, stranger := t.Context(), id.New()
	foreign := newWorld(2).dossier
	require.ErrorContains(t, db.InTenant(ctx, stranger, func(ctx context.Context, tx pg.Tx) error {
		return postgres.AddDossier(ctx, tx, foreign)
	}), "row-level security")
	require.Error(t, db.InTenant(ctx, stranger, func(ctx context.Context, tx pg.Tx) error {
		return postgres.SaveAssignment(ctx, tx, theirs.assignment)
	}), "the row is not there for them")
	require.ErrorIs(t, db.InTenant(ctx, stranger, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.LockSession(ctx, tx, theirs.session.ID)
		return err
	}), domain.NotFound)
}

// A client reads who visits it, and with whom it is linked; it writes neither.
func TestAClientReadsItsVisitsAndWritesNone(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w, _ := newWorld(1).store(t, db), newWorld(2).store(t, db)
	client, seen := w.dossier.ClientID, map[string]int{}
	require.NoError(t, db.InTenant(t.Context(), client, count(seen)))
	for _, table := range tenantTables() {
		want := 0
		if table == "dossier" || table == "support_session" {
			want = 1
		}
		require.Equal(t, want, seen[table], table)
	}
	require.NoError(t, db.InTenant(t.Context(), client, func(ctx context.Context, tx pg.Tx) error {
		changed, err := tx.Exec(ctx, "UPDATE support_session SET end_time = now()")
		require.Zero(t, changed.RowsAffected())
		return err
	}))
}

func TestTheApplicationDeletesNoFact(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	for _, table := range append(tenantTables(), "product") {
		require.ErrorContains(t, db.InTenant(t.Context(), w.partner(), func(ctx context.Context, tx pg.Tx) error {
			_, err := tx.Exec(ctx, "DELETE FROM "+table)
			return err
		}), "permission denied", table)
	}
}
