package e2e

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// myDossiers lists what a person may enter.
func myDossiers(ctx context.Context, s driver.Session, search string) ([]*partnersupportv1.MyDossier, error) {
	answer, err := partnersupportv1.NewMyDossierServiceClient(s).ListMyDossiers(ctx, &partnersupportv1.ListMyDossiersRequest{Search: search})
	return answer.GetDossiers(), err
}

// eventuallyEnters waits until a person may enter so many dossiers.
func eventuallyEnters(t *testing.T, s driver.Session, want int) (out []*partnersupportv1.MyDossier) {
	t.Helper()
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (_ bool, err error) {
		out, err = myDossiers(ctx, s, "")
		return len(out) == want, err
	}))
	return out
}

// R95 R97: after the password, before any choice, a collaborator finds the
// dossiers that they may enter, those that wait for a yes or have lost it not
// among them, and those of a firm that does not work neither.
func TestTheDossiersThatOneMayEnter(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		half, _ := b.halfSignedIn(t, a.person)
		require.Empty(t, eventuallyEnters(t, half, 0), "nobody has said yes")
		consent, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		require.NoError(t, err)
		one := eventuallyEnters(t, half, 1)[0]
		require.Equal(t, []string{a.dossier.GetId(), a.partner.ID, a.partner.Name, a.client.ID, a.client.Name},
			[]string{one.GetDossierId(), one.GetPartnerId(), one.GetPartnerName(), one.GetClientId(), one.GetClientName()})
		require.NotNil(t, one.GetExpireTime())
		found, err := myDossiers(t.Context(), half, a.client.Name[3:])
		require.NoError(t, err)
		require.Len(t, found, 1)
		found, err = myDossiers(t.Context(), half, "no such client")
		require.NoError(t, err)
		require.Empty(t, found)
		eventuallyEnters(t, a.client.Owner.Session, 0)
		eventuallyEnters(t, a.partner.Owner.Session, 0)

		operator := membershipv1.NewOrganizationServiceClient(b.Operator["membership"])
		_, err = operator.SuspendOrganization(t.Context(), &membershipv1.SuspendOrganizationRequest{OrganizationId: a.partner.ID})
		require.NoError(t, err)
		eventuallyEnters(t, half, 0)
		_, err = operator.ResumeOrganization(t.Context(), &membershipv1.ResumeOrganizationRequest{OrganizationId: a.partner.ID})
		require.NoError(t, err)
		eventuallyEnters(t, half, 1)
		_, err = b.Withdraw(t.Context(), a.client.Owner, consent.GetId())
		require.NoError(t, err)
		eventuallyEnters(t, half, 0)
	})
}

// R95: the picker shows them apart from the companies, and one press leads to
// the page that enters.
func TestThePickerLeadsIntoADossier(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	eventuallyEnters(t, v.person.Session, 1)
	browser, at := b.browserOf(t, v.person, ""), b.stack.URL()+"/organizations"
	page := get(t, browser, at)
	require.Contains(t, page, "Clients chez qui vous pouvez entrer")
	require.Contains(t, page, v.client.Name)
	enter := "/partner/dossiers/" + v.dossier.GetId() + "/enter"
	for _, one := range formsOf(t, page) {
		if one.values.Get("next") != enter {
			continue
		}
		response := submit(t, browser, at, one, nil)
		require.Equal(t, http.StatusSeeOther, response.StatusCode)
		require.Equal(t, enter, response.Header.Get("Location"))
		require.Contains(t, get(t, browser, b.stack.URL()+enter), v.client.Name)
		return
	}
	require.Fail(t, "no button leads into the dossier")
}
