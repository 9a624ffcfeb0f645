package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/id"
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
		consentv1.ConsentState_CONSENT_STATE_TERMINATED:         {partner: "access_over_partner", client: "access_ended"},
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

// R35, R82: whose access their company ended is told, once for one client; not
// who ended it themselves, nor somebody who leaves, of each client.
func TestTheCollaboratorIsToldThatTheirCompanyEndedIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.in(village{})
	first := b.give(t).Record
	ended := &consentv1.ConsentEnded{Consent: b.refTo(first.ID), State: consentv1.ConsentState_CONSENT_STATE_TERMINATED, ActorId: id.New().Text("usr")}
	_, err := app.Terminate{Deps: b.Deps}.One(t.Context(), app.Party{PartnerID: first.PartnerID, ActorID: id.New()}, first.ID)
	require.NoError(t, err)
	const karim = "karim@partner.example"
	require.Equal(t, map[string]string{karim: "access_over_partner"}, b.told(t, ended))
	ended.WithLink = true
	require.Equal(t, map[string]string{karim: "access_over_partner"}, b.told(t, ended))
	ended.ActorId = first.UserID.Text("usr")
	require.Empty(t, b.told(t, ended))

	b.clock.Advance(time.Hour)
	var refs []*consentv1.ConsentRef
	for range 2 {
		b.asked.ClientID, b.asked.AssignmentID = id.New(), id.New()
		refs = append(refs, b.refTo(b.give(t).Record.ID))
	}
	_, err = app.Terminate{Deps: b.Deps}.ForSubject(t.Context(), app.Party{PartnerID: first.PartnerID, ActorID: id.New()}, first.UserID)
	require.NoError(t, err)
	for _, ref := range refs {
		require.Empty(t, b.told(t, &consentv1.ConsentEnded{Consent: ref, State: consentv1.ConsentState_CONSENT_STATE_TERMINATED, ActorId: id.New().Text("usr")}))
	}
}
