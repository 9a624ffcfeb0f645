package rpc_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// R75: thousands of collaborators are looked through by how things stand with
// them, and each filter finds as many as are counted. Who left is in none.
func TestCollaboratorsAreLookedThroughByHowThingsStand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	product := b.product(t, "alpha")
	ready := func() domain.Collaborator { return b.collaborator(t, domain.Ready) }
	invited, idle, waits, never, lost, refused, comes, gone := b.collaborator(t, domain.Invited), ready(), ready(), ready(), ready(), ready(), ready(), ready()
	b.stands(t, "Attend", waits)
	b.stands(t, "Jamais", never, domain.ConsentGiven)
	b.stands(t, "Perdu", lost, domain.ConsentGiven, domain.ConsentWithdrawn)
	b.stands(t, "Refusé", refused, domain.ConsentDeclined)
	b.stands(t, "Parti", gone, domain.ConsentGiven, domain.ConsentWithdrawn)
	visited := b.stands(t, "Vient", comes, domain.ConsentGiven)
	b.visited(t, visited, product.GetId())
	b.stands(t, "Et attend", comes)
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE assignment SET expire_time = create_time + interval '90 days' WHERE dossier_id = $1", visited.ID)
		return err
	})
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE collaborator SET state = 'LEFT' WHERE id = $1", gone.ID)
		return err
	})
	want := map[v1.CollaboratorFilter][]domain.Collaborator{
		v1.CollaboratorFilter_COLLABORATOR_FILTER_UNSPECIFIED: {invited, idle, waits, never, lost, refused, comes, gone},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_INVITED:     {invited},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_UNASSIGNED:  {invited, idle, lost, refused},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_PENDING:     {waits, comes},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_ACTIVE:      {never, comes},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_NEVER_USED:  {never},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_EXPIRING:    {never},
		v1.CollaboratorFilter_COLLABORATOR_FILTER_LOST:        {lost},
	}
	client := v1.NewCollaboratorServiceClient(b.gateway(t))
	for filter, people := range want {
		ids := []string{}
		for _, one := range people {
			ids = append(ids, one.ID.Text("col"))
		}
		require.ElementsMatch(t, ids, b.tagged(t, &v1.ListCollaboratorsRequest{Filter: filter}), filter.String())
	}
	counted, err := client.CountCollaborators(b.as(t, b.admin), &v1.CountCollaboratorsRequest{PartnerId: b.partner.Text("org")})
	require.NoError(t, err)
	for i, n := range []int32{
		counted.GetTotal(), counted.GetInvited(), counted.GetUnassigned(), counted.GetPending(), counted.GetActive(),
		counted.GetNeverUsed(), counted.GetExpiring(), counted.GetLost(),
	} {
		require.Len(t, want[v1.CollaboratorFilter(i)], int(n), v1.CollaboratorFilter(i).String())
	}
	_, err = client.CountCollaborators(b.as(t, comes.UserID), &v1.CountCollaboratorsRequest{PartnerId: b.partner.Text("org")})
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
}
