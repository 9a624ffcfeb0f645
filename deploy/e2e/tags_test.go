package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R71 R73 R74 R78: an administrator tags people, who acted untagged stays
// known, and nobody tags themselves.
func TestPeopleAreTagged(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.support(t)
		tag := func(by *partnersupportv1.TagCollaboratorRequest) (*partnersupportv1.Collaborator, error) {
			by.PartnerId, by.CollaboratorId = v.partner.ID, v.collaborator.GetId()
			answer, err := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner).TagCollaborator(t.Context(), by)
			return answer.GetCollaborator(), err
		}
		_, err := partnersupportv1.NewCollaboratorServiceClient(v.person).TagCollaborator(t.Context(), &partnersupportv1.TagCollaboratorRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), Kind: partnersupportv1.TagKind_TAG_KIND_EMPLOYEE,
		})
		requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
		until := timestamppb.New(time.Now().Add(24 * time.Hour))
		tagged, err := tag(&partnersupportv1.TagCollaboratorRequest{Kind: partnersupportv1.TagKind_TAG_KIND_FREELANCER, UntilTime: until})
		require.NoError(t, err)
		require.Equal(t, partnersupportv1.TagKind_TAG_KIND_FREELANCER, tagged.GetTag().GetKind())
		_, err = tag(&partnersupportv1.TagCollaboratorRequest{Kind: partnersupportv1.TagKind_TAG_KIND_EMPLOYEE})
		require.NoError(t, err)

		collaborators := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner)
		tags, err := collaborators.ListCollaboratorTags(t.Context(), &partnersupportv1.ListCollaboratorTagsRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(),
		})
		require.NoError(t, err)
		require.Len(t, tags.GetTags(), 2)
		untagged, err := collaborators.ListCollaborators(t.Context(), &partnersupportv1.ListCollaboratorsRequest{PartnerId: v.partner.ID, Untagged: true})
		require.NoError(t, err)
		require.Empty(t, untagged.GetCollaborators())
		_, err = collaborators.RemoveCollaborator(t.Context(), &partnersupportv1.RemoveCollaboratorRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		gone, err := collaborators.GetCollaborator(t.Context(), &partnersupportv1.GetCollaboratorRequest{PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId()})
		require.NoError(t, err)
		require.Nil(t, gone.GetCollaborator().GetTag(), "whoever left belongs to nobody")
		_, err = tag(&partnersupportv1.TagCollaboratorRequest{Kind: partnersupportv1.TagKind_TAG_KIND_EMPLOYEE})
		requireReason(t, reasonv1.Reason_REASON_COLLABORATOR_LEFT, err)
	})
}
