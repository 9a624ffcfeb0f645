package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// clientVisits lists who is in a client's account now.
func clientVisits(ctx context.Context, o journey.Organization) ([]*partnersupportv1.ClientVisit, error) {
	answer, err := partnersupportv1.NewClientVisitServiceClient(o.Owner).ListClientVisits(ctx, &partnersupportv1.ListClientVisitsRequest{ClientId: o.ID})
	return answer.GetVisits(), err
}

// R41: the client sees who is inside, of which partner, since when and until
// when, and ends it at once. The access stays; nobody else ends what runs there,
// and the history names who did, to the client.
func TestTheClientSeesAndEndsRunningVisits(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v, other := b.visiting(t), b.visiting(t)
		running, err := clientVisits(t.Context(), v.client)
		require.NoError(t, err)
		require.Len(t, running, 1)
		one, session := running[0], v.visit.GetSupportSession()
		require.Equal(t, []string{session.GetId(), v.partner.ID, v.partner.Name, v.person.Name(), v.consent.GetId(), session.GetReason()}, []string{
			one.GetSupportSessionId(), one.GetPartnerId(), one.GetPartnerName(), one.GetCollaboratorName(), one.GetConsentId(), one.GetReason(),
		})
		require.NotEmpty(t, one.GetProductName())
		require.True(t, one.GetStartTime().AsTime().Equal(session.GetStartTime().AsTime()))
		require.True(t, one.GetExpireTime().AsTime().Equal(session.GetExpireTime().AsTime()))

		end := func(o journey.Organization, by journey.Person, session string) error {
			_, err := partnersupportv1.NewClientVisitServiceClient(by).EndClientVisit(t.Context(), &partnersupportv1.EndClientVisitRequest{
				ClientId: o.ID, SupportSessionId: session,
			})
			return err
		}
		requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, end(v.client, v.client.Owner, other.visit.GetSupportSession().GetId()))
		require.Error(t, end(v.client, v.partner.Owner, session.GetId()), "the partner acts on its own side")
		require.True(t, b.allowed(t, v, "management/invoices"))
		require.True(t, b.allowed(t, other, "management/invoices"))

		require.NoError(t, end(v.client, v.client.Owner, session.GetId()))
		require.False(t, b.allowed(t, v, "management/invoices"), "it is over when the call returns")
		require.True(t, b.allowed(t, other, "management/invoices"))
		require.NoError(t, end(v.client, v.client.Owner, session.GetId()), "once more changes nothing")
		running, err = clientVisits(t.Context(), v.client)
		require.NoError(t, err)
		require.Empty(t, running)
		b.toldWhoEnded(t, v)
		_, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.NoError(t, err, "the access stays")
	})
}

// toldWhoEnded waits for the client's history to name its own person.
func (b bundle) toldWhoEnded(t *testing.T, v visiting) {
	t.Helper()
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		history, err := consentv1.NewHistoryServiceClient(v.client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: v.client.ID})
		for _, entry := range history.GetEntries() {
			if strings.HasPrefix(entry.GetAction(), "aval.partnersupport.v1.support_session.ended") {
				require.Equal(t, v.client.Owner.UserID, entry.GetActorId())
				require.Empty(t, entry.GetActingForId())
				require.Contains(t, entry.GetSentence(), "a mis fin à la visite de "+v.person.Name())
				return true, nil
			}
		}
		return false, err
	}))
}

// R41 R129: the page "Accès d'assistance" shows who is inside, in the reader's
// language, and one press ends it.
func TestTheAssistancePageEndsAVisit(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	browser, at := b.browserOf(t, v.client.Owner, v.client.ID), b.stack.URL()+"/assistance"
	page := get(t, browser, at)
	require.Contains(t, page, "Chez vous en ce moment")
	require.Contains(t, page, "Mettre fin à la visite")
	require.Contains(t, page, v.person.Name())
	for _, one := range formsOf(t, page) {
		if strings.HasPrefix(one.action, "/assistance/visits/") {
			submit(t, browser, at, one, nil)
		}
	}
	require.False(t, b.allowed(t, v, "management/invoices"))
	page = get(t, browser, at)
	require.Contains(t, page, "La visite est terminée.")
	require.Contains(t, page, "Personne n&#39;est chez vous en ce moment.")

	_, err := b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
	require.NoError(t, err)
	page = get(t, browser, at+"?lang=en")
	require.Contains(t, page, "Inside now")
	require.Contains(t, page, "End the visit")
}
