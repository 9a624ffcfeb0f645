package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
)

// told gives the template of the mail that each address gets about a fact.
func (b *bundle) told(t *testing.T, fact proto.Message) map[string]string {
	t.Helper()
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), fact)
	require.NoError(t, err)
	out := map[string]string{}
	for _, mail := range mails {
		require.NotEmpty(t, mail.ActionPath, mail.Template)
		out[mail.Address] = mail.Template
	}
	return out
}

// R30, R40: the partner is told at every state that it did not bring about
// itself, and the client of every one that concerns it.
func TestThePartnerIsToldAtEveryState(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const partner, client = "karim@partner.example", "anne@client.example"
	b.in(village{approvers: []*membershipv1.Approver{approver(client)}})
	consent := b.endless(t).Record.ID
	for state, want := range map[consentv1.ConsentState]map[string]string{
		consentv1.ConsentState_CONSENT_STATE_EXPIRED_UNANSWERED: {partner: "request_unanswered"},
		consentv1.ConsentState_CONSENT_STATE_CANCELLED:          {},
		consentv1.ConsentState_CONSENT_STATE_WITHDRAWN:          {partner: "access_withdrawn"},
		consentv1.ConsentState_CONSENT_STATE_TERMINATED:         {client: "access_ended"},
		consentv1.ConsentState_CONSENT_STATE_EXPIRED:            {partner: "access_over_partner", client: "access_ended"},
		consentv1.ConsentState_CONSENT_STATE_INVALIDATED:        {partner: "access_over_partner", client: "access_ended"},
	} {
		require.Equal(t, want, b.told(t, &consentv1.ConsentEnded{Consent: b.refTo(consent), State: state}), state)
	}
	require.Equal(t, map[string]string{partner: "consent_given", client: "consent_receipt"}, b.told(t, &consentv1.ConsentGiven{Consent: b.refTo(consent)}))
	require.Equal(t, map[string]string{partner: "access_narrowed"}, b.told(t, &consentv1.ConsentNarrowed{Consent: b.refTo(consent)}))
	require.Equal(t, map[string]string{partner: "consent_refused"}, b.told(t, &consentv1.ConsentRefused{Consent: b.refTo(consent)}))

	require.Empty(t, b.told(t, &consentv1.ConsentPaused{Consent: b.refTo(consent)}), "it works again")
	b.clock.Advance(190 * day)
	require.Equal(t, map[string]string{partner: "access_paused_partner", client: "access_confirm"}, b.told(t, &consentv1.ConsentPaused{Consent: b.refTo(consent)}))
	require.Equal(t, map[string]string{client: "access_confirm"}, b.told(t, &consentv1.ConsentConfirmationAsked{Consent: b.refTo(consent)}), "who asked knows")
}
