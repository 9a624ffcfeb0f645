package e2e

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R34 R35 R41: the partner ends everything with one client in one call.
func TestThePartnerEndsADossier(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		done, err := partnersupportv1.NewDossierEndServiceClient(v.partner.Owner).EndDossier(t.Context(), &partnersupportv1.EndDossierRequest{
			PartnerId: v.partner.ID, DossierId: v.dossier.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.EqualValues(t, 1, done.GetReceipt().GetAssignments())
		require.EqualValues(t, 1, done.GetReceipt().GetGrants())
		require.EqualValues(t, 1, done.GetReceipt().GetSupportSessions())
		results, err := assign(t, v.partner, v.collaborator.GetId(), v.dossier.GetId())
		require.NoError(t, err)
		require.Equal(t, "DOSSIER_NOT_ACTIVE", results[0].GetErrorReason())
	})
}

// R41 R43: the client ends everything with one partner in one call; asking
// again needs its invitation.
func TestTheClientEndsAPartner(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		links := partnersupportv1.NewDossierEndServiceClient(v.client.Owner)
		done, err := links.EndPartner(t.Context(), &partnersupportv1.EndPartnerRequest{ClientId: v.client.ID, DossierId: v.dossier.GetId()})
		require.NoError(t, err)
		require.EqualValues(t, 1, done.GetReceipt().GetGrants())
		require.False(t, b.allowed(t, v, "management/invoices"))
		_, err = b.LinkDossier(t.Context(), v.partner, v.client)
		requireReason(t, reasonv1.Reason_REASON_DOSSIER_NOT_ACTIVE, err)

		list, err := links.ListPartners(t.Context(), &partnersupportv1.ListPartnersRequest{ClientId: v.client.ID})
		require.NoError(t, err)
		require.Equal(t, v.partner.Name, list.GetPartners()[0].GetPartnerName())
		require.Equal(t, partnersupportv1.DossierState_DOSSIER_STATE_ENDED, list.GetPartners()[0].GetState())
		_, err = links.ReopenPartner(t.Context(), &partnersupportv1.ReopenPartnerRequest{ClientId: v.client.ID, DossierId: v.dossier.GetId()})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"), "the link gives no access")
		results, err := assign(t, v.partner, v.collaborator.GetId(), v.dossier.GetId())
		require.NoError(t, err)
		require.Empty(t, results[0].GetErrorReason())
	})
}

// The client is told once that a link is over, whichever side ended it.
func TestTheClientIsToldOnceThatALinkIsOver(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, err := partnersupportv1.NewDossierEndServiceClient(v.partner.Owner).EndDossier(t.Context(), &partnersupportv1.EndDossierRequest{
			PartnerId: v.partner.ID, DossierId: v.dossier.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		mail, err := b.ReadMail(t.Context(), v.client.Owner.Email, "Fin de la relation avec "+v.partner.Name)
		require.NoError(t, err)
		require.Contains(t, mail.Text, v.partner.Name+" a mis fin à sa relation avec "+v.client.Name)
	})
}

// R27 R41: a yes that is pressed while its link ends lets nobody in, however the
// two meet: once the end has returned there is no access, and none comes.
func TestAYesThatRacesTheEndOfItsLinkGivesNothing(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		press := b.press(t, a.client.Owner.Email, a.token)
		press.Answer = journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		var wg sync.WaitGroup
		wg.Go(func() { // what it answers depends on who was first
			_, _ = consentv1.NewConsentServiceClient(b.Transport.Session("fr")).ApproveByLink(t.Context(), press)
		})
		_, err := partnersupportv1.NewDossierEndServiceClient(a.partner.Owner).EndDossier(t.Context(), &partnersupportv1.EndDossierRequest{
			PartnerId: a.partner.ID, DossierId: a.dossier.GetId(), Confirm: "REMOVE",
		})
		wg.Wait()
		require.NoError(t, err)
		require.Contains(t, []consentv1.ConsentState{
			consentv1.ConsentState_CONSENT_STATE_CANCELLED, consentv1.ConsentState_CONSENT_STATE_TERMINATED,
		}, b.stateOf(t, a.token))
		_, err = b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
		require.Error(t, err)
	})
}
