package e2e

import (
	"context"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R27 R44: a client chooses somebody of a linked partner by name and gives them
// access without having been asked, and gives it again to who had it before;
// nobody of the partner can.
func TestAccessIsGivenUnasked(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		offers := partnersupportv1.NewOfferServiceClient(s.client.Owner)
		var helper *partnersupportv1.Helper
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			found, err := offers.ListHelpers(ctx, &partnersupportv1.ListHelpersRequest{
				ClientId: s.client.ID, DossierId: s.dossier.GetId(), Name: s.person.GivenName,
			})
			if err != nil || len(found.GetHelpers()) == 0 {
				return err != nil, err
			}
			helper = found.GetHelpers()[0]
			return true, nil
		}))
		require.Equal(t, s.person.Name(), helper.GetName())
		_, err := partnersupportv1.NewOfferServiceClient(s.partner.Owner).OfferAccess(t.Context(), &partnersupportv1.OfferAccessRequest{
			ClientId: s.client.ID, DossierId: s.dossier.GetId(), CollaboratorId: helper.GetCollaboratorId(),
		})
		requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)

		given := b.giveUnasked(t, s, &partnersupportv1.OfferAccessRequest{CollaboratorId: helper.GetCollaboratorId(), Reason: "Clôture"})
		require.True(t, given.GetOffered())
		mails, err := b.Mails(t.Context(), url.Values{"to": {s.client.Owner.Email}, "subject": {"Donner un accès"}})
		require.NoError(t, err)
		require.Empty(t, mails)
		_, err = b.Withdraw(t.Context(), s.client.Owner, given.GetId())
		require.NoError(t, err)
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			again, err := offers.OfferAccess(ctx, &partnersupportv1.OfferAccessRequest{
				ClientId: s.client.ID, DossierId: s.dossier.GetId(), AssignmentId: given.GetAssignmentId(),
			})
			return err == nil && again.GetConsentId() != given.GetId(), nil
		}), "the fact of the end travels by event")
	})
}

// giveUnasked prepares an access and says yes to it, and sees the person get in.
func (b bundle) giveUnasked(t *testing.T, s support, in *partnersupportv1.OfferAccessRequest) *consentv1.Consent {
	t.Helper()
	in.ClientId, in.DossierId = s.client.ID, s.dossier.GetId()
	made, err := partnersupportv1.NewOfferServiceClient(s.client.Owner).OfferAccess(t.Context(), in)
	require.NoError(t, err)
	consents := consentv1.NewConsentServiceClient(s.client.Owner)
	shown, err := consents.LookupConsent(t.Context(), &consentv1.LookupConsentRequest{ConsentId: made.GetConsentId()})
	require.NoError(t, err)
	given, err := consents.ApproveConsent(t.Context(), &consentv1.ApproveConsentRequest{
		ConsentId: made.GetConsentId(), Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK),
	})
	require.NoError(t, err)
	_, err = b.EnterDossier(t.Context(), s.person, s.partner.ID, s.dossier.GetId())
	require.NoError(t, err)
	return given.GetConsent()
}
