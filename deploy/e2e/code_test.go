package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R128, T-10: whoever holds a forwarded link, without the mailbox, gives no
// answer, neither yes nor no; with a code from the mailbox it counts, and says
// so.
func TestAForwardedLinkGivesNothingAway(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		nobody := consentv1.NewConsentServiceClient(b.Transport.Session("fr"))
		yes := &consentv1.ApproveByLinkRequest{
			Token: a.token, Answer: journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK),
		}
		sent, err := nobody.SendConsentCode(t.Context(), &consentv1.SendConsentCodeRequest{Token: a.token})
		require.NoError(t, err)
		for _, device := range []string{"", "hello", sent.GetDevice()} {
			yes.Device = device
			_, err = nobody.ApproveByLink(t.Context(), yes)
			requireReason(t, reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED, err)
			_, err = nobody.DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: a.token, Device: device})
			requireReason(t, reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED, err)
		}
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))

		_, err = b.ReadMail(t.Context(), a.client.Owner.Email, "Votre code pour répondre")
		require.NoError(t, err, "the first code has come: the next mail is the next code's")
		yes.Device, err = b.ProveDevice(t.Context(), a.client.Owner.Email, a.token)
		require.NoError(t, err)
		given, err := nobody.ApproveByLink(t.Context(), yes)
		require.NoError(t, err)
		require.Equal(t, consentv1.Assurance_ASSURANCE_EMAIL_LINK_CODE, given.GetConsent().GetAssurance())
		yes.Device = ""
		again, err := nobody.ApproveByLink(t.Context(), yes)
		require.NoError(t, err, "what is recorded is shown without a code")
		require.Equal(t, given.GetConsent().GetGiveTime().AsTime(), again.GetConsent().GetGiveTime().AsTime())
	})
}

// The code is the recipient's, typed on the device that asked for it; its mail
// says that nobody needs to hear it.
func TestTheCodeIsForOneDeviceAndNobodysEars(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		nobody := consentv1.NewConsentServiceClient(b.Transport.Session("fr"))
		var devices []string
		for range 2 {
			sent, err := nobody.SendConsentCode(t.Context(), &consentv1.SendConsentCodeRequest{Token: a.token})
			require.NoError(t, err)
			devices = append(devices, sent.GetDevice())
		}
		mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, "Votre code pour répondre")
		require.NoError(t, err)
		require.Contains(t, mail.Text, "Ne donnez ce code à personne")
		require.NotEmpty(t, journey.CodeIn(mail.Text))
		require.Empty(t, mail.Link("/c/"), "the code alone opens nothing")
		_, err = nobody.ConfirmConsentCode(t.Context(), &consentv1.ConfirmConsentCodeRequest{
			Token: a.token, Device: devices[0][:len(devices[0])-1], Code: journey.CodeIn(mail.Text),
		})
		requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
		confirmed := 0
		for _, device := range devices {
			_, err := nobody.ConfirmConsentCode(t.Context(), &consentv1.ConfirmConsentCodeRequest{
				Token: a.token, Device: device, Code: journey.CodeIn(mail.Text),
			})
			if err == nil {
				confirmed++
				continue
			}
			requireReason(t, reasonv1.Reason_REASON_CONSENT_CODE_REFUSED, err)
		}
		require.Equal(t, 1, confirmed)
	})
}

// Who is signed in needs no code, and the answer says so.
func TestASessionNeedsNoCode(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		client := consentv1.NewConsentServiceClient(a.client.Owner)
		list, err := client.ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		given, err := client.ApproveConsent(t.Context(), &consentv1.ApproveConsentRequest{
			ConsentId: list.GetConsents()[0].GetId(),
			Answer:    journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK),
		})
		require.NoError(t, err)
		require.Equal(t, consentv1.Assurance_ASSURANCE_SESSION, given.GetConsent().GetAssurance())
	})
}
