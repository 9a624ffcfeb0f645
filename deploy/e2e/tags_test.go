package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
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

// R70 R72 R75 R79: a partner's staff is looked after from its own list, where a
// person leads to their clients, and from the list of clients, which names who
// helps; who is taken off is gone from both. A client has nothing of the kind.
func TestStaffIsLookedAfterFromBothLists(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		staff := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner)
		list, err := staff.ListCollaborators(t.Context(), &partnersupportv1.ListCollaboratorsRequest{PartnerId: v.partner.ID, Search: v.person.FamilyName})
		require.NoError(t, err)
		require.Equal(t, v.collaborator.GetId(), list.GetCollaborators()[0].GetId())
		assignments := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner)
		theirs, err := assignments.ListAssignments(t.Context(), &partnersupportv1.ListAssignmentsRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(),
		})
		require.NoError(t, err)
		require.Equal(t, v.dossier.GetId(), theirs.GetAssignments()[0].GetDossierId())
		require.Equal(t, []string{v.collaborator.GetId()}, b.helping(t, v))
		_, err = assignments.DetachAssignment(t.Context(), &partnersupportv1.DetachAssignmentRequest{
			PartnerId: v.partner.ID, AssignmentId: theirs.GetAssignments()[0].GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		require.Empty(t, b.helping(t, v))

		_, err = partnersupportv1.NewCollaboratorServiceClient(v.client.Owner).AddCollaborator(t.Context(), &partnersupportv1.AddCollaboratorRequest{
			PartnerId: v.client.ID, Email: person("x").Email, GivenName: "X", FamilyName: "Y",
			PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
		})
		requireReason(t, reasonv1.Reason_REASON_ORGANIZATION_KIND_WRONG, err)
	})
}

// helping lists who is assigned to the client, as the list of clients says.
func (b bundle) helping(t *testing.T, v visiting) (out []string) {
	t.Helper()
	list, err := partnersupportv1.NewDossierServiceClient(v.partner.Owner).ListDossiers(t.Context(), &partnersupportv1.ListDossiersRequest{
		PartnerId: v.partner.ID, DossierIds: []string{v.dossier.GetId()},
	})
	require.NoError(t, err)
	for _, a := range list.GetDossiers()[0].GetAssignments() {
		out = append(out, a.GetCollaboratorId())
	}
	return out
}
