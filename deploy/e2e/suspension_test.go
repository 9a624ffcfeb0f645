package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/aval-access/aval/deploy/journey"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R6 R27: one call suspends a person at every client, at once; the way back
// gives them what the clients granted, and no visit.
func TestAPersonIsSuspendedAndRestored(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		collaborators := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner)
		suspend := &partnersupportv1.SuspendCollaboratorRequest{PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId()}
		done, err := collaborators.SuspendCollaborator(t.Context(), suspend)
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.NotNil(t, done.GetCollaborator().GetSuspendTime())
		require.EqualValues(t, 1, done.GetSupportSessionsEnded())
		_, err = collaborators.SuspendCollaborator(t.Context(), suspend)
		require.NoError(t, err, "once more changes nothing")

		restore := &partnersupportv1.RestoreCollaboratorRequest{PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId()}
		restored, err := collaborators.RestoreCollaborator(t.Context(), restore)
		require.NoError(t, err)
		require.Nil(t, restored.GetCollaborator().GetSuspendTime())
		require.False(t, b.allowed(t, v, "management/invoices"), "the visit is over")
		_, err = collaborators.RestoreCollaborator(t.Context(), restore)
		requireReason(t, reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, err)
	})
}

// A suspension on the members page shows on the collaborator, and can be taken
// back from there.
func TestASuspensionOfTheMembersPageIsFollowed(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		m := b.memberOf(t, s.partner, s.person.UserID)
		_, err := membershipv1.NewMemberServiceClient(s.partner.Owner).SuspendMember(t.Context(), &membershipv1.SuspendMemberRequest{
			OrganizationId: s.partner.ID, MemberId: m.GetId(),
		})
		require.NoError(t, err)
		collaborators := partnersupportv1.NewCollaboratorServiceClient(s.partner.Owner)
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			read, err := collaborators.GetCollaborator(ctx, &partnersupportv1.GetCollaboratorRequest{
				PartnerId: s.partner.ID, CollaboratorId: s.collaborator.GetId(),
			})
			return err != nil || read.GetCollaborator().GetSuspendTime() != nil, err
		}))
		_, err = membershipv1.NewMemberServiceClient(s.partner.Owner).UpdateMember(t.Context(), &membershipv1.UpdateMemberRequest{
			OrganizationId: s.partner.ID, MemberId: m.GetId(), UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"partner_role"}},
			Member: &membershipv1.MemberChanges{PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT},
		})
		require.NoError(t, err)
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			read, err := collaborators.GetCollaborator(ctx, &partnersupportv1.GetCollaboratorRequest{
				PartnerId: s.partner.ID, CollaboratorId: s.collaborator.GetId(),
			})
			return err != nil || read.GetCollaborator().GetPartnerRole() == membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT, err
		}), "a role that changes meanwhile is followed (R7)")
		_, err = collaborators.RestoreCollaborator(t.Context(), &partnersupportv1.RestoreCollaboratorRequest{
			PartnerId: s.partner.ID, CollaboratorId: s.collaborator.GetId(),
		})
		require.NoError(t, err)
	})
}

// One call of the platform suspends a whole partner, and takes it back.
func TestAPartnerIsSuspendedAndResumed(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		operator := membershipv1.NewOrganizationServiceClient(b.Operator["membership"])
		_, err := operator.SuspendOrganization(t.Context(), &membershipv1.SuspendOrganizationRequest{OrganizationId: v.partner.ID})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		_, err = operator.ResumeOrganization(t.Context(), &membershipv1.ResumeOrganizationRequest{OrganizationId: v.partner.ID})
		require.NoError(t, err)
		require.True(t, b.allowed(t, v, "management/invoices"))
	})
}
