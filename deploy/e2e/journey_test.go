package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// visiting is a collaborator inside a client's account.
type visiting struct {
	asked
	consent *consentv1.Consent
	visit   *partnersupportv1.EnterDossierResponse
}

func (b bundle) visiting(t *testing.T) visiting {
	t.Helper()
	v := visiting{asked: b.asked(t)}
	var err error
	v.consent, err = b.ApproveByLink(t.Context(), v.client.Owner.Email, v.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	require.NoError(t, err)
	v.visit, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
	require.NoError(t, err)
	return v
}

func (b bundle) allowed(t *testing.T, v visiting, feature string) bool {
	t.Helper()
	answer, err := b.Check(t.Context(), v.person.UserID, v.client.ID, v.visit.GetSupportSession().GetId(), feature)
	require.NoError(t, err)
	return answer.GetAllowed()
}

// R3 R4 R5 R6 R10 R26 R27 R29 R40 R41 R43 R44: the story of the first source
// document, from both sides.
func TestTheMainJourneyEndsInANo(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, v.consent.GetState())
		require.Contains(t, v.visit.GetRedirectUrl(), b.stack.DemoURL()+"/enter?code=")
		require.True(t, b.allowed(t, v, "management/invoices"))
		require.True(t, b.allowed(t, v, "accounting/entries"))

		answer, err := b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
		require.NoError(t, err)
		require.EqualValues(t, 1, answer.GetGrantsEnded())
		require.EqualValues(t, 1, answer.GetSupportSessionsEnded())
		require.False(t, b.allowed(t, v, "management/invoices"))

		_, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.Error(t, err)
	})
}

// R26 R31 R123 R130: total access is the preset over management and
// accounting; sensitive and excluded features stand above it.
func TestSupportReachesWhatItsPresetHolds(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		for feature, want := range map[string]bool{
			"management/contacts": true, "management/company": true, "accounting/entries": true,
			"accounting/bank": false, "account/users": false, "account/invoices": false, "spending": false,
			"emailings": false, "aval/members": false, "aval/consent.approve": false,
		} {
			require.Equal(t, want, b.allowed(t, v, feature), feature)
		}
	})
}

// R29: after a yes the partner goes straight in, and nobody is asked again.
func TestEnteringTwiceAsksNobodyAgain(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, err := b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.NoError(t, err)
	})
}

// A decision through a grant needs the visit that it was opened for.
func TestGrantNeedsItsVisit(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v, other := b.visiting(t), b.visiting(t)
		answer, err := b.Check(t.Context(), v.person.UserID, v.client.ID, "", "management/invoices")
		require.NoError(t, err)
		require.Equal(t, membershipv1.DenyReason_DENY_REASON_SUPPORT_SESSION_REQUIRED, answer.GetDenyReason())
		answer, err = b.Check(t.Context(), v.person.UserID, v.client.ID, other.visit.GetSupportSession().GetId(), "management/invoices")
		require.NoError(t, err)
		require.False(t, answer.GetAllowed())
	})
}

// R32 R33 R38 R39 R124 R129: the access is no membership, and the client sees it.
func TestSupportIsNoMemberAndNotHidden(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		members, err := membershipv1.NewMemberServiceClient(v.client.Owner).ListMembers(t.Context(), &membershipv1.ListMembersRequest{OrganizationId: v.client.ID})
		require.NoError(t, err)
		require.Len(t, members.GetMembers(), 1)
		require.Equal(t, v.client.Owner.UserID, members.GetMembers()[0].GetUserId())

		consents, err := consentv1.NewConsentServiceClient(v.client.Owner).ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: v.client.ID})
		require.NoError(t, err)
		require.Len(t, consents.GetConsents(), 1)
		require.Equal(t, v.person.Name(), consents.GetConsents()[0].GetCollaboratorName())
		require.Equal(t, v.partner.Name, consents.GetConsents()[0].GetPartner().GetLegalName())
	})
}

// R42 R46: "I am done" ends the visit and leaves the yes.
func TestEndingAVisitLeavesTheYes(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, err := partnersupportv1.NewSupportSessionServiceClient(v.person).EndSupportSession(t.Context(), &partnersupportv1.EndSupportSessionRequest{
			PartnerId: v.partner.ID, SupportSessionId: v.visit.GetSupportSession().GetId(),
		})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		v.visit, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.NoError(t, err)
		require.True(t, b.allowed(t, v, "management/invoices"))
	})
}

// The code leads into one product, once.
func TestSupportCodeWorksOnce(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		code := codeOf(t, v.visit.GetRedirectUrl())
		token, err := b.Redeem(t.Context(), code)
		require.NoError(t, err)
		require.Equal(t, v.visit.GetSupportSession().GetId(), token.GetSupportSessionId())
		_, err = b.Redeem(t.Context(), code)
		requireReason(t, reasonv1.Reason_REASON_CODE_INVALID, err)
	})
}

// After a withdrawal the product gets no further token.
func TestNoTokenAfterAWithdrawal(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, err := b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
		require.NoError(t, err)
		_, err = b.Redeem(t.Context(), codeOf(t, v.visit.GetRedirectUrl()))
		requireReason(t, reasonv1.Reason_REASON_SUPPORT_SESSION_OVER, err)
	})
}

// R71 R110: everything that touched the account is in its history, with names.
func TestHistoryTellsWhoDidWhat(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, err := consentv1.NewHistoryServiceClient(b.Product["consent"]).RecordActivity(t.Context(), &consentv1.RecordActivityRequest{
			Activities: []*consentv1.Activity{{
				AccountId: v.client.ID, ActorId: v.person.UserID, SupportSessionId: v.visit.GetSupportSession().GetId(),
				Feature: "management/invoices", Action: "invoice.opened", Object: "F-2026-031", Outcome: consentv1.Outcome_OUTCOME_DONE,
			}},
		})
		require.NoError(t, err)
		_, err = b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
		require.NoError(t, err)
		wanted := []string{
			"aval.consent.v1.consent.requested", "aval.consent.v1.consent.given",
			"aval.partnersupport.v1.support_session.started", "invoice.opened", "aval.consent.v1.consent.ended",
		}
		err = journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			answer, err := consentv1.NewHistoryServiceClient(v.client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: v.client.ID, PageSize: 200})
			return err != nil || tells(answer.GetEntries(), wanted), err
		})
		require.NoError(t, err)
	})
}

func tells(entries []*consentv1.HistoryEntry, wanted []string) bool {
	found := map[string]bool{}
	for _, entry := range entries {
		if entry.GetSentence() != "" {
			found[entry.GetAction()] = true
		}
	}
	for _, action := range wanted {
		if !found[action] {
			return false
		}
	}
	return true
}
