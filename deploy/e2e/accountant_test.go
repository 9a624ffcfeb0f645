package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// R7: an accountant has limits of their own: twelve hours for a visit, and no
// reason to give at each.
func TestAnAccountantVisitsForTwelveHoursWithoutAReason(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	s := b.support(t)
	b.becomesAccountant(t, s)
	_, err := b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId())
	require.NoError(t, err)
	b.saysYes(t, s)

	var visit *partnersupportv1.EnterDossierResponse
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		visit, err = partnersupportv1.NewDossierServiceClient(s.person).EnterDossier(ctx, &partnersupportv1.EnterDossierRequest{
			PartnerId: s.partner.ID, DossierId: s.dossier.GetId(),
		})
		return !fault.Is(err, reasonv1.Reason_REASON_CONSENT_PENDING), err
	}))
	session := visit.GetSupportSession()
	require.Empty(t, session.GetReason())
	require.Equal(t, 12*time.Hour, session.GetExpireTime().AsTime().Sub(session.GetStartTime().AsTime()))
}

// becomesAccountant changes the role of a collaborator, and waits until partner
// support has heard of it.
func (b bundle) becomesAccountant(t *testing.T, s support) {
	t.Helper()
	_, err := membershipv1.NewMemberServiceClient(s.partner.Owner).UpdateMember(t.Context(), &membershipv1.UpdateMemberRequest{
		OrganizationId: s.partner.ID, MemberId: b.memberOf(t, s.partner, s.person.UserID).GetId(),
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"partner_role"}},
		Member:     &membershipv1.MemberChanges{PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT},
	})
	require.NoError(t, err)
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		read, err := partnersupportv1.NewCollaboratorServiceClient(s.partner.Owner).GetCollaborator(ctx, &partnersupportv1.GetCollaboratorRequest{
			PartnerId: s.partner.ID, CollaboratorId: s.collaborator.GetId(),
		})
		return err != nil || read.GetCollaborator().GetPartnerRole() == membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT, err
	}))
}

// saysYes answers the one request of a client, signed in.
func (b bundle) saysYes(t *testing.T, s support) {
	t.Helper()
	consents := consentv1.NewConsentServiceClient(s.client.Owner)
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		list, err := consents.ListConsents(ctx, &consentv1.ListConsentsRequest{OrganizationId: s.client.ID})
		if err != nil || len(list.GetConsents()) == 0 {
			return false, err
		}
		asked := list.GetConsents()[0].GetId()
		shown, err := consents.LookupConsent(ctx, &consentv1.LookupConsentRequest{ConsentId: asked})
		if err != nil {
			return true, err
		}
		_, err = consents.ApproveConsent(ctx, &consentv1.ApproveConsentRequest{
			ConsentId: asked, Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK),
		})
		return true, err
	}))
}
