package e2e

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// number has the collaborator of a request get a number to say.
func (b bundle) number(t *testing.T, a asked) *partnersupportv1.ClientNumber {
	t.Helper()
	made, err := partnersupportv1.NewClientNumberServiceClient(a.person).IssueClientNumber(t.Context(), &partnersupportv1.IssueClientNumberRequest{
		PartnerId: a.partner.ID, DossierId: a.dossier.GetId(),
	})
	require.NoError(t, err)
	require.Regexp(t, "^[0-9]{8}$", made.GetClientNumber().GetNumber())
	return made.GetClientNumber()
}

func (b bundle) numberState(t *testing.T, a asked) consentv1.ConsentState {
	t.Helper()
	found, err := partnersupportv1.NewClientNumberServiceClient(a.person).GetClientNumber(t.Context(), &partnersupportv1.GetClientNumberRequest{
		PartnerId: a.partner.ID, DossierId: a.dossier.GetId(),
	})
	require.NoError(t, err)
	return found.GetClientNumber().GetConsentState()
}

// The client on the phone types the number and their own address, then the code
// from their own mailbox, and answers; the collaborator's side follows. Whoever
// types somebody else's address gets nothing.
func TestAClientOnThePhoneAnswers(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		number := b.number(t, a).GetNumber()
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.numberState(t, a))
		nobody := consentv1.NewConsentNumberServiceClient(b.Transport.Session("fr"))
		stranger, err := nobody.SendNumberCode(t.Context(), &consentv1.SendNumberCodeRequest{Number: number, Email: a.person.Email})
		require.NoError(t, err)
		sent, err := nobody.SendNumberCode(t.Context(), &consentv1.SendNumberCodeRequest{Number: number, Email: a.client.Owner.Email})
		require.NoError(t, err)
		mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, "Votre code pour répondre")
		require.NoError(t, err)
		_, err = nobody.ConfirmNumberCode(t.Context(), &consentv1.ConfirmNumberCodeRequest{
			Number: number, Device: stranger.GetDevice(), Code: journey.CodeIn(mail.Text),
		})
		requireReason(t, reasonv1.Reason_REASON_CONSENT_CODE_REFUSED, err)
		in, err := nobody.ConfirmNumberCode(t.Context(), &consentv1.ConfirmNumberCodeRequest{
			Number: number, Device: sent.GetDevice(), Code: journey.CodeIn(mail.Text),
		})
		require.NoError(t, err)
		given, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).ApproveByLink(t.Context(), &consentv1.ApproveByLinkRequest{
			Token: in.GetToken(), Device: sent.GetDevice(),
			Answer: journey.Yes(b.shown(t, in.GetToken()), consentv1.DurationChoice_DURATION_CHOICE_24_HOURS),
		})
		require.NoError(t, err)
		require.Equal(t, consentv1.Assurance_ASSURANCE_EMAIL_LINK_CODE, given.GetConsent().GetAssurance())
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, b.numberState(t, a))
		strangers, err := b.Mails(t.Context(), url.Values{"to": {a.person.Email}, "subject": {"Votre code pour répondre"}})
		require.NoError(t, err)
		require.Empty(t, strangers, "who may not answer is sent nothing")
	})
}

// Who is signed in at the client needs no mailbox; at any other organisation,
// the partner's too, the number leads nowhere. Only the collaborator who asked
// has the number.
func TestANumberLeadsItsClientAlone(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a, other := b.asked(t), b.client(t)
		number := b.number(t, a).GetNumber()
		opened, err := consentv1.NewConsentNumberServiceClient(a.client.Owner).OpenNumber(t.Context(), &consentv1.OpenNumberRequest{Number: number})
		require.NoError(t, err)
		require.NotEmpty(t, opened.GetConsentId())
		for _, elsewhere := range []driver.Session{other.Owner, a.partner.Owner} {
			_, err = consentv1.NewConsentNumberServiceClient(elsewhere).OpenNumber(t.Context(), &consentv1.OpenNumberRequest{Number: number})
			requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
		}
		_, err = partnersupportv1.NewClientNumberServiceClient(a.partner.Owner).IssueClientNumber(t.Context(), &partnersupportv1.IssueClientNumberRequest{
			PartnerId: a.partner.ID, DossierId: a.dossier.GetId(),
		})
		requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
		given, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_24_HOURS)
		require.NoError(t, err)
		require.Equal(t, opened.GetConsentId(), given.GetId())
		_, err = partnersupportv1.NewClientNumberServiceClient(a.person).IssueClientNumber(t.Context(), &partnersupportv1.IssueClientNumberRequest{
			PartnerId: a.partner.ID, DossierId: a.dossier.GetId(),
		})
		requireReason(t, reasonv1.Reason_REASON_CONSENT_NOT_PENDING, err)
	})
}

// The same by pages, without a script: the number, the address, the code, and
// the page that a mailed link would have opened.
func TestTheShortAddressLeadsToTheRequest(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	a := b.asked(t)
	number := b.number(t, a).GetNumber()
	browser := driver.HTTPClient(newJar(t))
	page := get(t, browser, b.stack.URL()+"/n")
	f := formWith(t, page, "number")
	f.values.Set("number", number[:4]+" "+number[4:])
	f.values.Set("email", a.client.Owner.Email)
	response := send(t, browser, b.stack.URL()+"/n", f, nil)
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.NoError(t, response.Body.Close())
	mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, "Votre code pour répondre")
	require.NoError(t, err)

	next := response.Header.Get("Location")
	f = formWith(t, get(t, browser, b.stack.URL()+next), "code")
	f.values.Set("code", journey.CodeIn(mail.Text))
	response = send(t, browser, b.stack.URL()+next, f, nil)
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.NoError(t, response.Body.Close())
	asked := get(t, browser, b.stack.URL()+response.Header.Get("Location"))
	require.Contains(t, asked, a.person.Name())
	require.Contains(t, asked, "OUI, J&#39;AUTORISE L&#39;ACCÈS")
}
