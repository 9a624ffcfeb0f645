package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// tenant runs fn in the partner's transaction.
func (w world) tenant(t *testing.T, db *pg.DB, fn func(ctx context.Context, tx pg.Tx)) {
	t.Helper()
	require.NoError(t, db.InTenant(t.Context(), w.partner(), func(ctx context.Context, tx pg.Tx) error {
		fn(ctx, tx)
		return nil
	}))
}

func TestWhatIsStoredReadsBackEqual(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		product, err := postgres.Product(ctx, tx, w.product.ID)
		require.NoError(t, err)
		product.CreateTime = product.CreateTime.UTC()
		require.Equal(t, w.product, product)
		c, err := postgres.CollaboratorOf(ctx, tx, w.partner(), w.collaborator.UserID)
		require.NoError(t, err)
		c.CreateTime = c.CreateTime.UTC()
		require.Equal(t, w.collaborator, *c)
		d, err := postgres.Dossier(ctx, tx, w.partner(), w.dossier.ID)
		require.NoError(t, err)
		d.CreateTime = d.CreateTime.UTC()
		require.Equal(t, w.dossier, d)
		a, err := postgres.LatestAssignment(ctx, tx, w.collaborator, w.dossier.ID)
		require.NoError(t, err)
		a.CreateTime = a.CreateTime.UTC()
		require.Equal(t, w.assignment, *a)
		s, err := postgres.Session(ctx, tx, w.session.ID)
		require.NoError(t, err)
		require.Equal(t, w.session.Idle, s.Idle)
		require.Equal(t, w.session.GrantID, s.GrantID)
		require.Equal(t, domain.Active, s.AssignmentState)
		require.Equal(t, "Élan SARL", s.ClientName)
		require.Equal(t, w.product.SpiffeID, s.SpiffeID)
	})
}

// R22: one request per collaborator and dossier at a time.
func TestOneAssignmentLivesPerCollaboratorAndDossier(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	again := w.assignment
	again.ID = id.New()
	add := func(ctx context.Context, tx pg.Tx) error {
		return postgres.AddAssignments(ctx, tx, []domain.Assignment{again})
	}
	require.ErrorIs(t, db.InTenant(t.Context(), w.partner(), add), domain.AlreadyAssigned)
	over := w.assignment
	require.NoError(t, over.Apply(domain.Happening{Event: domain.ClientWithdrew, Time: moment()}))
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		require.NoError(t, postgres.SaveAssignment(ctx, tx, over))
		require.NoError(t, add(ctx, tx))
		latest, err := postgres.LatestAssignment(ctx, tx, w.collaborator, w.dossier.ID)
		require.NoError(t, err)
		require.Equal(t, again.ID, latest.ID)
	})
}

func TestDossiersAreFoundByNameWithoutAccentsAndByNumber(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	other := newWorld(2).dossier
	other.PartnerID, other.ClientName, other.SortName = w.partner(), "Bois & Cie", "bois & cie"
	other.ClientRegistrationNumber = "FR 9"
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		require.NoError(t, postgres.AddDossier(ctx, tx, other))
		list := func(l postgres.DossierList) []string {
			l.Partner = w.partner()
			if l.Limit == 0 {
				l.Limit = 10
			}
			rows, err := postgres.Dossiers(ctx, tx, l)
			require.NoError(t, err)
			names := []string{}
			for _, d := range rows {
				names = append(names, d.ClientName)
			}
			return names
		}
		require.Equal(t, []string{"Bois & Cie", "Élan SARL"}, list(postgres.DossierList{}))
		require.Equal(t, []string{"Élan SARL"}, list(postgres.DossierList{Search: domain.Fold("ÉLAN")}))
		require.Equal(t, []string{"Élan SARL"}, list(postgres.DossierList{Search: "fr 552"}))
		require.Empty(t, list(postgres.DossierList{Search: "%"}), "no pattern characters")
		require.Equal(t, []string{"Élan SARL"}, list(postgres.DossierList{Collaborator: w.collaborator.ID}))
		require.Equal(t, []string{"Élan SARL"},
			list(postgres.DossierList{After: &postgres.DossiersAfter{SortName: "bois & cie", ID: other.ID}}))
	})
	again := w.dossier
	again.ID = id.New()
	require.ErrorIs(t, db.InTenant(t.Context(), w.partner(), func(ctx context.Context, tx pg.Tx) error {
		return postgres.AddDossier(ctx, tx, again)
	}), domain.DossierExists)
}

func TestVisitsWhoseTimeIsOverAreFound(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	overdue := func(now time.Time) (found []id.ID) {
		require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) (err error) {
			found, err = postgres.OverdueSessions(ctx, tx, now, 10)
			return err
		}))
		return found
	}
	require.Empty(t, overdue(moment().Add(29*time.Minute)))
	require.Equal(t, []id.ID{w.session.ID}, overdue(moment().Add(30*time.Minute)), "idle")
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		used, err := postgres.UseSession(ctx, tx, w.session, moment().Add(29*time.Minute))
		require.NoError(t, err)
		require.True(t, used)
	})
	require.Empty(t, overdue(moment().Add(58*time.Minute)))
	require.Equal(t, []id.ID{w.session.ID}, overdue(moment().Add(time.Hour)), "its length is over")
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		s, err := postgres.LockSession(ctx, tx, w.session.ID)
		require.NoError(t, err)
		require.True(t, s.End(domain.VisitEnd{Time: moment()}))
		require.NoError(t, postgres.SaveSession(ctx, tx, s))
		used, err := postgres.UseSession(ctx, tx, s, moment())
		require.NoError(t, err)
		require.False(t, used, "what ended is not used again")
	})
	require.Empty(t, overdue(moment().Add(2*time.Hour)))
}

func TestARemovalHasOneDriverAtATime(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		lease := func(now time.Time) *domain.Removal {
			r, err := postgres.LeaseRemoval(ctx, tx, postgres.RemovalLease{
				Partner: w.partner(), Removal: w.removal.ID, Now: now, Until: now.Add(time.Minute),
			})
			require.NoError(t, err)
			return r
		}
		require.NotNil(t, lease(moment()))
		require.Nil(t, lease(moment().Add(time.Second)))
		require.NotNil(t, lease(moment().Add(time.Minute)), "the last driver is gone")
		require.NoError(t, postgres.ReleaseRemoval(ctx, tx, w.removal))
		require.NotNil(t, lease(moment()))
	})
}

func TestAnInvitationHasOneCollaborator(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	again := w.collaborator
	again.ID = id.New()
	w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
		stored, err := postgres.AddCollaborator(ctx, tx, again)
		require.NoError(t, err)
		require.Equal(t, w.collaborator.ID, stored.ID)
	})
}

func TestAProductsAudienceAndIdentityAreItsAlone(t *testing.T) {
	t.Parallel()
	db := setup(t)
	w := newWorld(1).store(t, db)
	for _, change := range []func(*domain.Product){
		func(p *domain.Product) { p.Audience = "https://other.example" },
		func(p *domain.Product) { p.SpiffeID = "spiffe://aval.local/other" },
	} {
		p := w.product
		p.ID = id.New()
		change(&p)
		require.ErrorIs(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			return postgres.AddProduct(ctx, tx, p)
		}), domain.ProductExists)
	}
}
