package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R36: from the same link a no becomes a yes, on purpose; the person enters
// with it, without a new request.
func TestANoBecomesAYesByTheSameLink(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		nobody, press := consentv1.NewConsentServiceClient(b.Transport.Session("fr")), b.press(t, a.client.Owner.Email, a.token)
		_, err := nobody.DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: a.token, Device: press.GetDevice()})
		require.NoError(t, err)
		_, err = b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_CONSENT_REFUSED, err)
		shown, err := nobody.LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: a.token})
		require.NoError(t, err)
		require.True(t, shown.GetMayOverturn())

		press.Answer = journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		press.Answer.Overturn = true
		given, err := nobody.ApproveByLink(t.Context(), press)
		require.NoError(t, err)
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, given.GetConsent().GetState())
		_, err = b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
		require.NoError(t, err)
	})
}

// A client blocks a partner with its no, which then asks for nobody; the list
// names it until it is unblocked.
func TestABlockedPartnerIsListedUntilItIsUnblocked(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		list, err := consentv1.NewConsentServiceClient(a.client.Owner).ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		_, err = consentv1.NewConsentServiceClient(a.client.Owner).DeclineConsent(t.Context(), &consentv1.DeclineConsentRequest{
			ConsentId: list.GetConsents()[0].GetId(), Reason: "unknown_partner", Block: true,
		})
		require.NoError(t, err)
		blocks := consentv1.NewPartnerBlockServiceClient(a.client.Owner)
		blocked, err := blocks.ListPartnerBlocks(t.Context(), &consentv1.ListPartnerBlocksRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		require.Len(t, blocked.GetBlocks(), 1)
		require.Equal(t, a.partner.ID, blocked.GetBlocks()[0].GetPartnerId())
		_, err = b.ReadMail(t.Context(), a.client.Owner.Email, a.partner.Name+" ne peut plus rien vous demander")
		require.NoError(t, err)

		_, err = blocks.UnblockPartner(t.Context(), &consentv1.UnblockPartnerRequest{OrganizationId: a.client.ID, PartnerId: a.partner.ID})
		require.NoError(t, err)
		blocked, err = blocks.ListPartnerBlocks(t.Context(), &consentv1.ListPartnerBlocksRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		require.Empty(t, blocked.GetBlocks())
	})
}

// blockedOnce leaves the trace of a block that is over, and of a policy.
func (b bundle) blockedOnce(t *testing.T, v visiting) {
	t.Helper()
	blocks := consentv1.NewPartnerBlockServiceClient(v.client.Owner)
	_, err := blocks.BlockPartner(t.Context(), &consentv1.BlockPartnerRequest{OrganizationId: v.client.ID, PartnerId: v.partner.ID})
	require.NoError(t, err)
	_, err = blocks.UnblockPartner(t.Context(), &consentv1.UnblockPartnerRequest{OrganizationId: v.client.ID, PartnerId: v.partner.ID})
	require.NoError(t, err)
	_, err = consentv1.NewConsentPolicyServiceClient(v.client.Owner).UpdateConsentPolicy(t.Context(), &consentv1.UpdateConsentPolicyRequest{
		OrganizationId: v.client.ID, Policy: &consentv1.ConsentPolicy{InactivityDays: 190},
	})
	require.NoError(t, err)
}

// R40: a client's choices are kept, and bounded; a confirmation keeps an access
// going and is the client's alone.
func TestAClientKeepsAnAccessGoing(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		policies := consentv1.NewConsentPolicyServiceClient(v.client.Owner)
		_, err := policies.UpdateConsentPolicy(t.Context(), &consentv1.UpdateConsentPolicyRequest{
			OrganizationId: v.client.ID, Policy: &consentv1.ConsentPolicy{InactivityDays: 29},
		})
		requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
		_, err = policies.UpdateConsentPolicy(t.Context(), &consentv1.UpdateConsentPolicyRequest{
			OrganizationId: v.client.ID, Policy: &consentv1.ConsentPolicy{ReconfirmDays: 30},
		})
		require.NoError(t, err)
		kept, err := policies.GetConsentPolicy(t.Context(), &consentv1.GetConsentPolicyRequest{OrganizationId: v.client.ID})
		require.NoError(t, err)
		require.EqualValues(t, 30, kept.GetPolicy().GetReconfirmDays())
		confirmed, err := policies.ConfirmConsent(t.Context(), &consentv1.ConfirmConsentRequest{ConsentId: v.consent.GetId()})
		require.NoError(t, err)
		require.Nil(t, confirmed.GetConsent().GetPauseTime())
		require.True(t, b.allowed(t, v, "management/invoices"))
		_, err = consentv1.NewConsentPolicyServiceClient(v.partner.Owner).ConfirmConsent(t.Context(), &consentv1.ConfirmConsentRequest{ConsentId: v.consent.GetId()})
		require.Error(t, err, "the partner keeps no access going")
	})
}

// R29, R40: nobody enters before the day that the client chose, and who tries
// is told that day.
func TestNobodyEntersBeforeTheDayThatTheClientChose(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		press := b.press(t, a.client.Owner.Email, a.token)
		press.Answer = journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		start := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
		press.Answer.StartTime = timestamppb.New(start)
		given, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).ApproveByLink(t.Context(), press)
		require.NoError(t, err)
		require.Equal(t, start.Add(7*24*time.Hour), given.GetConsent().GetExpireTime().AsTime())
		_, err = b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_ACCESS_NOT_STARTED, err)
	})
}
