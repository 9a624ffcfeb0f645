package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// The client lets the whole team in; the next of them goes in without the
// client being asked, is announced by name, and is stopped alone. Taking the
// team's yes back ends the rest.
func TestATeamIsLetInNameByName(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		client := consentv1.NewConsentServiceClient(a.client.Owner)
		list, err := client.ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		yes := journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		yes.Scope = consentv1.ConsentScope_CONSENT_SCOPE_PARTNER_TEAM
		first, err := client.ApproveConsent(t.Context(), &consentv1.ApproveConsentRequest{ConsentId: list.GetConsents()[0].GetId(), Answer: yes})
		require.NoError(t, err)
		require.Equal(t, consentv1.ConsentScope_CONSENT_SCOPE_PARTNER_TEAM, first.GetConsent().GetScope())

		next, c, err := b.AddCollaborator(t.Context(), a.partner, person("sofia"))
		require.NoError(t, err)
		_, err = b.Assign(t.Context(), a.partner, c.GetId(), a.dossier.GetId())
		require.NoError(t, err)
		enters := func(p journey.Person) func(context.Context) (bool, error) {
			return func(ctx context.Context) (bool, error) {
				_, err := b.EnterDossier(ctx, p, a.partner.ID, a.dossier.GetId())
				return !fault.Is(err, reasonv1.Reason_REASON_CONSENT_PENDING), err
			}
		}
		require.NoError(t, journey.Eventually(t.Context(), enters(next)))
		mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, "peut entrer pour "+a.partner.Name)
		require.NoError(t, err)
		require.Contains(t, mail.Subject, next.Name())
		token, err := journey.TokenOf(mail.Link("/s/"))
		require.NoError(t, err)
		list, err = client.ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		sofia := list.GetConsents()[0]
		require.Equal(t, first.GetConsent().GetId(), sofia.GetTeamConsentId())
		b.stopsByLink(t, token, sofia, first.GetConsent())
		_, err = b.EnterDossier(t.Context(), next, a.partner.ID, a.dossier.GetId())
		require.Error(t, err)
		require.NoError(t, journey.Eventually(t.Context(), enters(a.person)), "the veto is for one person")
	})
}
