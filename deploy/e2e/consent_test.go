package e2e

import (
	"html"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R21 R23 R24 R25: the mail has the exact title, all that identifies the
// partner, the person's name and the button's words.
func TestTheConsentMailIdentifiesTheSender(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, journey.ConsentSubject)
		require.NoError(t, err)
		require.Equal(t, journey.ConsentSubject, mail.Subject)
		for _, words := range []string{
			a.partner.Name, "000 000 009", "9 rue des Exemples", "01 99 00 00 09", "contact@", a.person.Name(), "OUI, J'AUTORISE L'ACCÈS",
		} {
			require.Contains(t, mail.Text, words)
		}
	})
}

// R128 R132: the mail's link wears the label and does nothing; the page's button
// repeats it, and pressing it acts.
func TestTheLinkWearsTheLabelAndTheButtonActs(t *testing.T) {
	t.Parallel()
	const label = "OUI, J'AUTORISE L'ACCÈS"
	b := setup(t, shared.rest)
	a := b.asked(t)
	mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, journey.ConsentSubject)
	require.NoError(t, err)
	require.Contains(t, mail.Text, label+"\n"+b.stack.URL()+"/c/"+a.token)
	page := html.UnescapeString(get(t, driver.HTTPClient(newJar(t)), b.stack.URL()+"/c/"+a.token))
	require.Contains(t, page, label+"</button>")
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token), "opening it is no answer")
}

// R30: every current approver is asked, and whoever holds no right is not.
func TestEveryApproverIsAskedAndTheFirstDecides(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		second := b.invited(t, s.client, person("adele"), membershipv1.Role_ROLE_ADMIN, nil)
		b.invited(t, s.client, person("milan"), membershipv1.Role_ROLE_MEMBER, nil)
		_, err := b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId())
		require.NoError(t, err)
		given := approveAtOnce(t, b, []string{s.client.Owner.Email, second.Email})
		require.Equal(t, given[0].GetId(), given[1].GetId())
		require.Equal(t, given[0].GetGiveTime().AsTime(), given[1].GetGiveTime().AsTime())
	})
}

// approveAtOnce presses on the links of all mailboxes in the same moment.
func approveAtOnce(t *testing.T, b bundle, emails []string) []*consentv1.Consent {
	t.Helper()
	presses := make([]*consentv1.ApproveByLinkRequest, len(emails))
	for i, email := range emails {
		token, err := b.ConsentLink(t.Context(), email)
		require.NoError(t, err)
		presses[i] = b.press(t, email, token)
		presses[i].Answer = journey.Yes(b.shown(t, token), consentv1.DurationChoice_DURATION_CHOICE_24_HOURS)
	}
	given := make([]*consentv1.Consent, len(emails))
	failed := make([]error, len(emails))
	var wg sync.WaitGroup
	for i, press := range presses {
		wg.Go(func() {
			answer, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).ApproveByLink(t.Context(), press)
			given[i], failed[i] = answer.GetConsent(), err
		})
	}
	wg.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
	return given
}

// press is an answer on a device that is known to be the recipient's.
func (b bundle) press(t *testing.T, email, token string) *consentv1.ApproveByLinkRequest {
	t.Helper()
	device, err := b.ProveDevice(t.Context(), email, token)
	require.NoError(t, err)
	return &consentv1.ApproveByLinkRequest{Token: token, Device: device}
}

// shown is the text behind a link.
func (b bundle) shown(t *testing.T, token string) *consentv1.ConsentText {
	t.Helper()
	answer, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: token})
	require.NoError(t, err)
	return answer.GetText()
}

// invited brings a further person into an organisation.
func (b bundle) invited(t *testing.T, o journey.Organization, p journey.Person, role membershipv1.Role, rights []*membershipv1.FeatureRight) journey.Person {
	t.Helper()
	_, err := membershipv1.NewInvitationServiceClient(o.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
		OrganizationId: o.ID, Email: p.Email, GivenName: p.GivenName, FamilyName: p.FamilyName, Role: role, Rights: rights,
	})
	require.NoError(t, err)
	joined, err := b.Join(t.Context(), p, o.ID)
	require.NoError(t, err)
	return joined
}

// Pressing again after a lost answer shows the recorded answer.
func TestPressingAgainShowsTheRecordedAnswer(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		first, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		require.NoError(t, err)
		again, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_YEAR)
		require.NoError(t, err)
		require.Equal(t, first.GetExpireTime().AsTime(), again.GetExpireTime().AsTime())
	})
}

// R40: the client's answer carries the duration.
func TestTheClientPicksTheDuration(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		client, press := consentv1.NewConsentServiceClient(b.Transport.Session("fr")), b.press(t, a.client.Owner.Email, a.token)
		answer := journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_DATE)
		press.Answer = answer
		_, err := client.ApproveByLink(t.Context(), press)
		require.Error(t, err, "a date must be given with the choice DATE")

		end := time.Now().Add(36 * time.Hour).UTC().Truncate(time.Second)
		answer.ExpireTime = timestamppb.New(end)
		given, err := client.ApproveByLink(t.Context(), press)
		require.NoError(t, err)
		require.Equal(t, end, given.GetConsent().GetExpireTime().AsTime())
	})
}

// R123: the client lowers what the preset asks for, and cannot raise it.
func TestTheClientLowersRights(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		client, press := consentv1.NewConsentServiceClient(b.Transport.Session("fr")), b.press(t, a.client.Owner.Email, a.token)
		answer := journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		answer.Rights = []*membershipv1.FeatureRight{{Feature: "emailings", Level: authzv1.Level_LEVEL_APPROVER}}
		press.Answer = answer
		_, err := client.ApproveByLink(t.Context(), press)
		requireReason(t, reasonv1.Reason_REASON_RIGHTS_EXCEED_REQUEST, err)

		answer.Rights = []*membershipv1.FeatureRight{{Feature: "accounting", Level: authzv1.Level_LEVEL_NONE}}
		given, err := client.ApproveByLink(t.Context(), press)
		require.NoError(t, err)
		v := visiting{asked: a, consent: given.GetConsent()}
		v.visit, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.NoError(t, err)
		require.True(t, b.allowed(t, v, "management/invoices"))
		require.False(t, b.allowed(t, v, "accounting/entries"))
	})
}

// A text that is not the one recorded is not agreed to (C7).
func TestAnotherTextIsNotAgreedTo(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		client, press := consentv1.NewConsentServiceClient(b.Transport.Session("fr")), b.press(t, a.client.Owner.Email, a.token)
		answer := journey.Yes(b.shown(t, a.token), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		answer.TextLocale = "en"
		press.Answer = answer
		_, err := client.ApproveByLink(t.Context(), press)
		requireReason(t, reasonv1.Reason_REASON_TEXT_CHANGED, err)
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))
	})
}

// C4, m16: the collaborator, as member of the client under an address that
// differs by +tag alone, cannot say yes for themselves.
func TestNobodyApprovesThemselves(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		twin := s.person
		twin.Password = journey.NewPassword()
		twin.Email = withTag(s.person.Email, "client")
		twin = b.invited(t, s.client, twin, membershipv1.Role_ROLE_ADMIN, nil)
		_, err := b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId())
		require.NoError(t, err)
		_, err = b.ConsentLink(t.Context(), s.client.Owner.Email)
		require.NoError(t, err)
		list, err := consentv1.NewConsentServiceClient(twin).ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: s.client.ID})
		require.NoError(t, err)
		id := list.GetConsents()[0].GetId()
		shown, err := consentv1.NewConsentServiceClient(twin).LookupConsent(t.Context(), &consentv1.LookupConsentRequest{ConsentId: id})
		require.NoError(t, err)
		_, err = consentv1.NewConsentServiceClient(twin).ApproveConsent(t.Context(), &consentv1.ApproveConsentRequest{
			ConsentId: id, Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_24_HOURS),
		})
		requireReason(t, reasonv1.Reason_REASON_SELF_APPROVAL, err)
	})
}

// R30: no is distinct for ever; the partner hears it and nobody enters.
func TestANoClosesTheDoor(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		nobody, press := consentv1.NewConsentServiceClient(b.Transport.Session("fr")), b.press(t, a.client.Owner.Email, a.token)
		declined, err := nobody.DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: a.token, Device: press.GetDevice(), Reason: "unknown_person"})
		require.NoError(t, err)
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REFUSED, declined.GetConsent().GetState())
		_, err = b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_CONSENT_REFUSED, err)
	})
}

// R30: not now leaves the request open.
func TestNotNowLeavesTheRequestOpen(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		nobody, press := consentv1.NewConsentServiceClient(b.Transport.Session("fr")), b.press(t, a.client.Owner.Email, a.token)
		_, err := nobody.DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: a.token, Device: press.GetDevice(), NotNow: true})
		require.NoError(t, err)
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))
		_, err = b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		require.NoError(t, err)
	})
}

// R37 R41: withdrawing twice says the same; there is nothing to withdraw before a yes.
func TestWithdrawingTwiceSaysTheSame(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		for range 2 {
			answer, err := b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
			require.NoError(t, err)
			require.Equal(t, consentv1.ConsentState_CONSENT_STATE_WITHDRAWN, answer.GetConsent().GetState())
		}
		a := b.asked(t)
		list, err := consentv1.NewConsentServiceClient(a.client.Owner).ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: a.client.ID})
		require.NoError(t, err)
		_, err = b.Withdraw(t.Context(), a.client.Owner, list.GetConsents()[0].GetId())
		requireReason(t, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN, err)
	})
}

// The timeline of a consent tells every step (R6).
func TestTheTimelineTellsEveryStep(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, err := b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
		require.NoError(t, err)
		answer, err := consentv1.NewConsentServiceClient(v.client.Owner).GetConsent(t.Context(), &consentv1.GetConsentRequest{ConsentId: v.consent.GetId()})
		require.NoError(t, err)
		var states []consentv1.ConsentState
		for _, step := range answer.GetConsent().GetTimeline() {
			states = append(states, step.GetTo())
		}
		require.Equal(t, []consentv1.ConsentState{
			consentv1.ConsentState_CONSENT_STATE_REQUESTED, consentv1.ConsentState_CONSENT_STATE_GIVEN, consentv1.ConsentState_CONSENT_STATE_WITHDRAWN,
		}, states)
	})
}
