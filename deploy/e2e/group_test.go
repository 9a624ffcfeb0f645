package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// waiting is a house of its own in which mails of requests wait for each other.
func waiting(t *testing.T) bundle {
	t.Helper()
	b := ownHouse(t, stack.Options{Grouping: 3 * time.Second})
	require.NoError(t, b.RegisterProduct(t.Context(), b.stack))
	return b
}

// answersFor makes somebody an administrator of a further company.
func (b bundle) answersFor(t *testing.T, p journey.Person, o journey.Organization) {
	t.Helper()
	before, err := b.ReadMail(t.Context(), p.Email, "")
	require.NoError(t, err)
	_, err = membershipv1.NewInvitationServiceClient(o.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
		OrganizationId: o.ID, Email: p.Email, GivenName: p.GivenName, FamilyName: p.FamilyName, Role: membershipv1.Role_ROLE_ADMIN,
	})
	require.NoError(t, err)
	mail, err := b.ReadMailAfter(t.Context(), p.Email, "", before.ID)
	require.NoError(t, err)
	token, err := journey.TokenOf(mail.Link("/i/"))
	require.NoError(t, err)
	require.NoError(t, p.Accept(t.Context(), token))
}

// assignReady assigns once the news has come that the password was set.
func (b bundle) assignReady(t *testing.T, partner journey.Organization, in *partnersupportv1.BatchCreateAssignmentsRequest) {
	t.Helper()
	in.PartnerId, in.Reason = partner.ID, "Clôture"
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		done, err := partnersupportv1.NewAssignmentServiceClient(partner.Owner).BatchCreateAssignments(ctx, in)
		for _, one := range done.GetResults() {
			require.Empty(t, one.GetErrorReason())
		}
		return !fault.Is(err, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY), err
	}))
}

// R6, R22, R24, C6: requests for two companies of one approver come in one mail
// and on one page, where nothing is ticked; one press gives a consent and a
// receipt each, to what was ticked alone. The partner sees when the mail leaves,
// and an urgent request waits for nothing.
func TestRequestsToOneApproverAreAnsweredTogether(t *testing.T) {
	t.Parallel()
	b := waiting(t)
	s := b.support(t)
	second := b.client(t)
	approver := s.client.Owner
	b.answersFor(t, approver, second)
	other, err := b.LinkDossier(t.Context(), s.partner, second)
	require.NoError(t, err)
	b.assignReady(t, s.partner, &partnersupportv1.BatchCreateAssignmentsRequest{
		CollaboratorId: s.collaborator.GetId(), DossierIds: []string{s.dossier.GetId(), other.GetId()},
	})
	require.Eventually(t, func() bool { return b.mailTime(t, s.partner, other.GetId()) != nil }, 10*time.Second, 50*time.Millisecond)

	mail, err := b.ReadMail(t.Context(), approver.Email, journey.ConsentSubject)
	require.NoError(t, err)
	for _, words := range []string{s.partner.Name, "000 000 009", s.person.Name() + ", chez " + s.client.Name, s.person.Name() + ", chez " + second.Name} {
		require.Contains(t, mail.Text, words)
	}
	token, err := journey.TokenOf(mail.Link("/g/"))
	require.NoError(t, err)
	all, err := b.Mails(t.Context(), url.Values{"to": {approver.Email}, "subject": {journey.ConsentSubject}})
	require.NoError(t, err)
	require.Len(t, all, 1)

	page := b.stack.URL() + "/g/" + token
	browser := driver.HTTPClient(newJar(t))
	question := formWith(t, get(t, browser, page), "text_locale")
	require.Empty(t, question.values["request"], "nothing is ticked")
	rows := b.group(t, token)
	require.Len(t, rows, 2)
	b.refuseAsItStands(t, page, question)

	question.values["request"] = []string{rows[0].GetConsent().GetId(), rows[1].GetConsent().GetId()}
	question.values.Set("duration", consentv1.DurationChoice_DURATION_CHOICE_1_WEEK.String())
	require.Equal(t, http.StatusSeeOther, submit(t, browser, page, question, url.Values{"answer": {"yes"}}).StatusCode)
	code := formWith(t, get(t, browser, page+"?code=sent"), "code")
	sent, err := b.ReadMail(t.Context(), approver.Email, "Votre code pour répondre")
	require.NoError(t, err)
	code.values.Set("code", journey.CodeIn(sent.Text))
	require.Equal(t, http.StatusSeeOther, submit(t, browser, page, code, nil).StatusCode)
	require.Contains(t, get(t, browser, page), "2 accès autorisés")
	for _, row := range b.group(t, token) {
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, row.GetConsent().GetState())
		require.Equal(t, consentv1.Assurance_ASSURANCE_EMAIL_LINK_CODE, row.GetConsent().GetAssurance())
		require.Equal(t, row.GetText().GetHash(), row.GetConsent().GetTextHash(), "its own text")
	}
	for _, dossier := range []string{s.dossier.GetId(), other.GetId()} {
		_, err := b.EnterDossier(t.Context(), s.person, s.partner.ID, dossier)
		require.NoError(t, err)
	}
	b.urgentLeavesAtOnce(t, s)
}

// refuseAsItStands sends the form as a scanner does: nothing is answered.
func (b bundle) refuseAsItStands(t *testing.T, page string, f form) {
	t.Helper()
	scanner := driver.HTTPClient(newJar(t))
	back := pageAfter(t, scanner, page, formWith(t, get(t, scanner, page), "text_locale"), url.Values{"answer": {"yes"}})
	require.Contains(t, back, "Cochez au moins une personne")
	require.NotEmpty(t, f.values)
	nobody := consentv1.NewConsentServiceClient(b.Transport.Session("fr"))
	_, err := nobody.LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: page[strings.LastIndex(page, "/")+1:]})
	requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
}

// urgentLeavesAtOnce asks for somebody else: the day's mail has left, and this
// one is not kept for tomorrow.
func (b bundle) urgentLeavesAtOnce(t *testing.T, s support) {
	t.Helper()
	_, sofia, err := b.AddCollaborator(t.Context(), s.partner, person("sofia"))
	require.NoError(t, err)
	b.assignReady(t, s.partner, &partnersupportv1.BatchCreateAssignmentsRequest{
		CollaboratorId: sofia.GetId(), DossierIds: []string{s.dossier.GetId()}, Urgent: true,
	})
	mail, err := b.ReadMail(t.Context(), s.client.Owner.Email, journey.ConsentSubject)
	require.NoError(t, err)
	for mail.Link("/c/") == "" {
		mail, err = b.ReadMailAfter(t.Context(), s.client.Owner.Email, journey.ConsentSubject, mail.ID)
		require.NoError(t, err)
	}
	require.Contains(t, mail.Text, "Sofia")
}

func (b bundle) group(t *testing.T, token string) []*consentv1.GroupedRequest {
	t.Helper()
	found, err := consentv1.NewRequestGroupServiceClient(b.Transport.Session("fr")).LookupRequestGroup(t.Context(),
		&consentv1.LookupRequestGroupRequest{Token: token})
	require.NoError(t, err)
	return found.GetRequests()
}

// mailTime is when the mail leaves for the one assignment of a dossier.
func (b bundle) mailTime(t *testing.T, partner journey.Organization, dossier string) *time.Time {
	t.Helper()
	found, err := partnersupportv1.NewDossierServiceClient(partner.Owner).GetDossier(t.Context(), &partnersupportv1.GetDossierRequest{
		PartnerId: partner.ID, DossierId: dossier,
	})
	require.NoError(t, err)
	for _, a := range found.GetDossier().GetAssignments() {
		if at := a.GetRequestMailTime(); at != nil {
			leaves := at.AsTime()
			return &leaves
		}
	}
	return nil
}
