package e2e

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// stopsByLink ends one access behind the link of a mail, without a sign-in (R41).
// Looking changes nothing, and nor does the form as it stands (R128); the other
// access stays, and pressing again is a plain answer.
func (b bundle) stopsByLink(t *testing.T, token string, one, other *consentv1.Consent) {
	t.Helper()
	link, browser := b.stack.URL()+"/s/"+token, driver.HTTPClient(newJar(t))
	head, err := browser.Head(link)
	require.NoError(t, err)
	require.NoError(t, head.Body.Close())
	page := html.UnescapeString(get(t, browser, link))
	require.Less(t, strings.Index(page, one.GetCollaboratorName()), strings.Index(page, other.GetCollaboratorName()), "the one that the mail is about stands first")
	question := formWith(t, get(t, browser, link), "nonce")
	require.Empty(t, question.values["access"], "nothing is ticked")
	require.Contains(t, pageAfter(t, browser, link, question, nil), "Cochez au moins une personne")

	nobody := consentv1.NewAccessStopServiceClient(b.Transport.Session("fr"))
	found, err := nobody.LookupAccesses(t.Context(), &consentv1.LookupAccessesRequest{Token: token})
	require.NoError(t, err)
	require.Len(t, found.GetAccesses(), 2)
	_, err = nobody.StopAccesses(t.Context(), &consentv1.StopAccessesRequest{Token: token, ConsentIds: []string{strings.ToLower(one.GetAssignmentId())}})
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)

	pressed := submit(t, browser, link, formWith(t, get(t, browser, link), "nonce"), url.Values{"access": {one.GetId()}})
	require.Equal(t, http.StatusSeeOther, pressed.StatusCode)
	require.Contains(t, html.UnescapeString(get(t, browser, link)), "1 accès est arrêté.")
	again, err := nobody.StopAccesses(t.Context(), &consentv1.StopAccessesRequest{Token: token, ConsentIds: []string{one.GetId()}})
	require.NoError(t, err)
	require.EqualValues(t, 1, again.GetConsentsWithdrawn())
	found, err = nobody.LookupAccesses(t.Context(), &consentv1.LookupAccessesRequest{Token: token})
	require.NoError(t, err)
	require.Len(t, found.GetAccesses(), 1)
	require.Equal(t, other.GetId(), found.GetAccesses()[0].GetConsentId())
}

// R41, R44: the mail that confirms a yes takes it back without a sign-in, and when
// that is answered nobody is let in any more.
func TestTheReceiptTakesTheYesBack(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		mail, err := b.ReadMail(t.Context(), v.client.Owner.Email, "Votre accord pour l'assistance")
		require.NoError(t, err)
		token, err := journey.TokenOf(mail.Link("/s/"))
		require.NoError(t, err)
		require.True(t, b.allowed(t, v, "management/invoices"))
		receipt, err := consentv1.NewAccessStopServiceClient(b.Transport.Session("fr")).StopAccesses(t.Context(),
			&consentv1.StopAccessesRequest{Token: token, ConsentIds: []string{v.consent.GetId()}})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.EqualValues(t, 1, receipt.GetGrantsEnded())
		require.EqualValues(t, 1, receipt.GetSupportSessionsEnded())
		_, err = b.ReadMail(t.Context(), v.person.Email, "a mis fin")
		require.NoError(t, err, "the collaborator is told")
	})
}
