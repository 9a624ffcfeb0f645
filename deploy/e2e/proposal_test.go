package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// R4, R40: a partner may propose a lasting access; the mail and the page say so,
// and the client still chooses for itself.
func TestALastingAccessIsProposedAndTheClientChooses(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		b.assignReady(t, s.partner, &partnersupportv1.BatchCreateAssignmentsRequest{
			CollaboratorId: s.collaborator.GetId(), DossierIds: []string{s.dossier.GetId()}, ProposedLasting: true, Urgent: true,
		})
		mail, err := b.ReadMail(t.Context(), s.client.Owner.Email, journey.ConsentSubject)
		require.NoError(t, err)
		require.Contains(t, mail.Text, "sans date de fin")
		token, err := journey.TokenOf(mail.Link("/c/"))
		require.NoError(t, err)
		found, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: token})
		require.NoError(t, err)
		require.True(t, found.GetConsent().GetProposedLasting())
		require.Nil(t, found.GetConsent().GetProposedDuration())
		given, err := b.ApproveByLink(t.Context(), s.client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_24_HOURS)
		require.NoError(t, err)
		require.NotNil(t, given.GetExpireTime())
	})
}
