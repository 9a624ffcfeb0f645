package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// R90 R98 R99: "email déjà utilisée" says how somebody is here already: the
// firm's own collaborator, or a client's contact of it.
func TestAlreadyHereSaysHow(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		marie := person("marie")
		b.contact(t, s, marie.Email)
		for email, cause := range map[string]string{marie.Email: "CLIENT_CONTACT", s.person.Email: "COLLABORATOR"} {
			_, err := invitations(s.partner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
				OrganizationId: s.partner.ID, Email: email, PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT,
			})
			requireReason(t, reasonv1.Reason_REASON_ALREADY_MEMBER, err)
			details, _ := fault.Details(err)
			require.Equal(t, cause, details.Metadata()["as"])
		}
	})
}

// T-22: once an organisation has sent its day's invitations the next is refused,
// with the time to wait.
func TestADaysInvitationsAreBounded(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		_, err := connect(t, "membership", "system").Exec(t.Context(),
			"UPDATE invitation_quota SET used_until = now() + interval '1 day' WHERE organization_id = $1", uuidOf(t, o.ID))
		require.NoError(t, err)
		_, err = invitations(o).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{OrganizationId: o.ID, Email: person("guest").Email})
		requireReason(t, reasonv1.Reason_REASON_INVITATIONS_EXHAUSTED, err)
		details, _ := fault.Details(err)
		require.Positive(t, details.RetryAfter())
		require.Equal(t, "1000", details.Metadata()["limit"])
	})
}

// C4: an owner of the client who belongs to the asking partner too answers with
// a second factor alone, and the consent says so.
func TestAnOwnerFromThePartnerAnswersWithAFactor(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		owner := a.client.Owner
		both := b.invite(t, a.partner, owner)
		_, err := membershipv1.NewInvitationServiceClient(owner).AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{InvitationId: both.GetId()})
		require.NoError(t, err)
		consents := consentv1.NewConsentServiceClient(owner)
		list, err := consents.ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		shown, err := consents.LookupConsent(t.Context(), &consentv1.LookupConsentRequest{ConsentId: list.GetConsents()[0].GetId()})
		require.NoError(t, err)
		yes := &consentv1.ApproveConsentRequest{
			ConsentId: shown.GetConsent().GetId(), Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_24_HOURS),
		}
		_, err = consents.ApproveConsent(t.Context(), yes)
		requireReason(t, reasonv1.Reason_REASON_NOT_AN_APPROVER, err)
		enrolApp(t, owner.Session)
		given, err := consents.ApproveConsent(t.Context(), yes)
		require.NoError(t, err)
		require.True(t, given.GetConsent().GetApproverOfPartner())
		require.Equal(t, consentv1.Assurance_ASSURANCE_SESSION_MFA, given.GetConsent().GetAssurance())
	})
}
