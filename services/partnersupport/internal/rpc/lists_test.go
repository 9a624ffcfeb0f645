package rpc_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// stands makes a dossier of this name with one assignment that has come so far.
func (b bundle) stands(t *testing.T, name string, c domain.Collaborator, states ...domain.ConsentState) domain.Dossier {
	t.Helper()
	d := b.dossier(t, name, domain.DossierActive)
	a := b.assign(t, c, d)[0].GetAssignment()
	for _, state := range states {
		b.answered(t, a, state)
	}
	return d
}

// found gives the names that a list answers.
func (b bundle) found(t *testing.T, user id.ID, req *v1.ListDossiersRequest) []string {
	t.Helper()
	req.PartnerId = b.partner.Text("org")
	list, err := v1.NewDossierServiceClient(b.gateway(t)).ListDossiers(b.as(t, user), req)
	require.NoError(t, err)
	names := []string{}
	for _, d := range list.GetDossiers() {
		names = append(names, d.GetClientName())
	}
	return names
}

// R72 R75: dossiers are looked through by how things stand, and each filter
// finds as many as are counted.
func TestDossiersAreLookedThroughByHowThingsStand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	product, c := b.product(t, "alpha"), b.collaborator(t, domain.Ready)
	b.dossier(t, "Libre", domain.DossierActive)
	b.dossier(t, "Demandé", domain.DossierPending)
	b.stands(t, "Attend", c)
	b.stands(t, "Jamais", c, domain.ConsentGiven)
	b.stands(t, "Perdu", c, domain.ConsentGiven, domain.ConsentWithdrawn)
	b.stands(t, "Refusé", c, domain.ConsentDeclined)
	b.past(t, pastVisit{c, b.stands(t, "Venu", c, domain.ConsentGiven), product.GetId()})
	visited := b.stands(t, "Vient", c, domain.ConsentGiven)
	b.visited(t, visited, product.GetId())
	b.clock.Advance(24 * time.Hour) // the yeses above end within 30 days now
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE assignment SET expire_time = NULL WHERE dossier_id = $1", visited.ID)
		return err
	})
	want := map[v1.DossierFilter][]string{
		v1.DossierFilter_DOSSIER_FILTER_UNSPECIFIED: {"Attend", "Demandé", "Jamais", "Libre", "Perdu", "Refusé", "Venu", "Vient"},
		v1.DossierFilter_DOSSIER_FILTER_UNASSIGNED:  {"Libre", "Perdu", "Refusé"},
		v1.DossierFilter_DOSSIER_FILTER_PENDING:     {"Attend", "Demandé"},
		v1.DossierFilter_DOSSIER_FILTER_ACTIVE:      {"Jamais", "Venu", "Vient"},
		v1.DossierFilter_DOSSIER_FILTER_NEVER_USED:  {"Jamais", "Venu"}, // an earlier assignment's visit is not the present one's
		v1.DossierFilter_DOSSIER_FILTER_EXPIRING:    {"Jamais", "Venu"},
		v1.DossierFilter_DOSSIER_FILTER_LOST:        {"Perdu"},
	}
	for filter, names := range want {
		require.Equal(t, names, b.found(t, b.admin, &v1.ListDossiersRequest{Filter: filter}), filter.String())
	}
	counted, err := v1.NewDossierServiceClient(b.gateway(t)).CountDossiers(b.as(t, b.admin), &v1.CountDossiersRequest{PartnerId: b.partner.Text("org")})
	require.NoError(t, err)
	for i, n := range []int32{
		counted.GetTotal(), counted.GetUnassigned(), counted.GetPending(), counted.GetActive(), counted.GetNeverUsed(), counted.GetExpiring(), counted.GetLost(),
	} {
		require.Len(t, want[v1.DossierFilter(i)], int(n), v1.DossierFilter(i).String())
	}
	_, err = v1.NewDossierServiceClient(b.gateway(t)).CountDossiers(b.as(t, c.UserID), &v1.CountDossiersRequest{PartnerId: b.partner.Text("org")})
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
}

// visited stores a visit on the live assignment of a dossier.
func (b bundle) visited(t *testing.T, d domain.Dossier, product string) {
	t.Helper()
	named, err := id.Parse("prd", product)
	require.NoError(t, err)
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		live, err := postgres.LockLiveOfDossier(ctx, tx, b.partner, d.ID)
		if err != nil {
			return err
		}
		now := b.clock.Now()
		return postgres.AddSession(ctx, tx, domain.SupportSession{
			PartnerID: b.partner, ID: id.New(), AssignmentID: live[0].ID, DossierID: d.ID, CollaboratorID: live[0].CollaboratorID,
			ProductID: named, UserID: id.New(), ClientID: d.ClientID, GrantID: id.New(), ConsentID: id.New(),
			StartTime: now, ExpireTime: now.Add(time.Hour), Idle: time.Minute, LastUseTime: now, EndTime: &now, Version: 1,
		})
	})
}

// R72: a list of hundreds is paged by key, the same rows in the same order
// whatever the page, alike names and filters included.
func TestDossiersArePagedByKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 23 {
		b.dossier(t, fmt.Sprintf("Client %d", i%3), domain.DossierActive)
	}
	client, seen := v1.NewDossierServiceClient(b.gateway(t)), []string{}
	req := &v1.ListDossiersRequest{PartnerId: b.partner.Text("org"), PageSize: 5, Filter: v1.DossierFilter_DOSSIER_FILTER_UNASSIGNED}
	for {
		list, err := client.ListDossiers(b.as(t, b.admin), req)
		require.NoError(t, err)
		for _, d := range list.GetDossiers() {
			seen = append(seen, d.GetId())
		}
		if req.PageToken = list.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	require.Len(t, seen, 23)
	slices.Sort(seen)
	require.Len(t, slices.Compact(seen), 23)
	req.PageToken, req.PageSize = "", 5
	first, err := client.ListDossiers(b.as(t, b.admin), req)
	require.NoError(t, err)
	req.PageToken, req.Filter = first.GetNextPageToken(), v1.DossierFilter_DOSSIER_FILTER_LOST
	_, err = client.ListDossiers(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID, err)
}

// One dossier, or several by id, are read without looking through the others; a
// collaborator reads their own alone.
func TestDossiersAreReadById(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	theirs, other := b.stands(t, "Le sien", c), b.dossier(t, "Un autre", domain.DossierActive)
	foreign := b.another().dossier(t, "Ailleurs", domain.DossierActive)
	ids := []string{theirs.ID.Text("dos"), other.ID.Text("dos"), foreign.ID.Text("dos")}
	require.Equal(t, []string{"Le sien", "Un autre"}, b.found(t, b.admin, &v1.ListDossiersRequest{DossierIds: ids}))
	require.Equal(t, []string{"Le sien"}, b.found(t, c.UserID, &v1.ListDossiersRequest{DossierIds: ids}))
	read := func(user id.ID, d domain.Dossier) (*v1.Dossier, error) {
		found, err := v1.NewDossierServiceClient(b.gateway(t)).GetDossier(b.as(t, user), &v1.GetDossierRequest{
			PartnerId: b.partner.Text("org"), DossierId: d.ID.Text("dos"),
		})
		return found.GetDossier(), err
	}
	one, err := read(c.UserID, theirs)
	require.NoError(t, err)
	require.Len(t, one.GetAssignments(), 1)
	for _, hidden := range []domain.Dossier{other, foreign} {
		_, err = read(c.UserID, hidden)
		requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	}
	_, err = read(b.admin, foreign)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
}

// R75: collaborators are found by part of a name, without accents, or of an
// address; who was forgotten is found by neither.
func TestCollaboratorsAreSearched(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.known(t, "k.benali@cabinet.example")
	find := func(text string) int {
		list, err := v1.NewCollaboratorServiceClient(b.gateway(t)).ListCollaborators(b.as(t, b.admin), &v1.ListCollaboratorsRequest{
			PartnerId: b.partner.Text("org"), Search: text,
		})
		require.NoError(t, err)
		return len(list.GetCollaborators())
	}
	for _, text := range []string{"", "BÉNALI", "karim b", "k.benali@"} {
		require.Equal(t, 1, find(text), text)
	}
	require.Zero(t, find("sofia"))
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return postgres.ForgetPerson(ctx, tx, c.UserID)
	}))
	require.Zero(t, find("benali"))
}
