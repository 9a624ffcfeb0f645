package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func invitations(o journey.Organization) membershipv1.InvitationServiceClient {
	return membershipv1.NewInvitationServiceClient(o.Owner)
}

func (b bundle) invite(t *testing.T, o journey.Organization, p journey.Person) *membershipv1.Invitation {
	t.Helper()
	answer, err := invitations(o).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
		OrganizationId: o.ID, Email: p.Email, GivenName: p.GivenName, FamilyName: p.FamilyName,
	})
	require.NoError(t, err)
	return answer.GetInvitation()
}

// tokens waits for n mails to somebody and gives their links' tokens.
func (b bundle) tokens(t *testing.T, email string, n int) (out []string) {
	t.Helper()
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		mails, err := b.Mails(ctx, url.Values{"to": {email}})
		if err != nil || len(mails) < n {
			return false, err
		}
		out = nil
		for _, mail := range mails {
			token, err := journey.TokenOf(mail.Link("/i/"))
			if err != nil {
				return false, err
			}
			out = append(out, token)
		}
		return true, nil
	}))
	return out
}

// R57 R58 R67 R68, T-13, T-14: invitations of several companies to one new
// address, every link opened at the same moment: one password is set, all are
// accepted, and none interferes.
func TestAllInvitationsOpenedAtOnce(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		const n = 4
		guest := person("guest")
		for range n {
			b.invite(t, b.client(t), guest)
		}
		tokens := b.tokens(t, guest.Email, n)
		registered := make([]error, 2*n)
		var group sync.WaitGroup
		for i := range registered {
			group.Go(func() {
				_, registered[i] = identityv1.NewAuthServiceClient(b.Transport.Session("fr")).RegisterWithInvitation(t.Context(),
					&identityv1.RegisterWithInvitationRequest{Token: tokens[i%n], Password: guest.Password})
			})
		}
		group.Wait()
		made := 0
		for _, err := range registered {
			if err == nil {
				made++
				continue
			}
			require.Contains(t, []reasonv1.Reason{
				reasonv1.Reason_REASON_CREDENTIAL_EXISTS, reasonv1.Reason_REASON_OVERLOADED, reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS,
			}, fault.ReasonOf(err))
		}
		require.Equal(t, 1, made, "one password is set")

		guest.Session = b.Transport.Session("fr")
		_, err := identityv1.NewAuthServiceClient(guest.Session).SignIn(t.Context(), &identityv1.SignInRequest{Email: guest.Email, Password: guest.Password})
		require.NoError(t, err)
		mine, err := membershipv1.NewInvitationServiceClient(guest.Session).ListMyInvitations(t.Context(), &membershipv1.ListMyInvitationsRequest{})
		require.NoError(t, err)
		require.Len(t, mine.GetInvitations(), n, "once the address is proven, every pending one is shown (R63)")
		accepted := make([]error, 3*n)
		for i := range accepted {
			group.Go(func() { accepted[i] = guest.Accept(t.Context(), tokens[i%n]) })
		}
		group.Wait()
		for _, err := range accepted {
			require.NoError(t, err)
		}
		contexts, err := membershipv1.NewMemberServiceClient(guest.Session).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
		require.NoError(t, err)
		require.Len(t, contexts.GetContexts(), n) // R59
	})
}

// R54 R55: cancelling, and inviting the same address again at once; the link of
// the first mail leads on to the live invitation.
func TestCancelledAndInvitedAgain(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, guest := b.client(t), person("guest")
		first := b.invite(t, o, guest)
		old := b.tokens(t, guest.Email, 1)[0]
		_, err := invitations(o).CancelInvitation(t.Context(), &membershipv1.CancelInvitationRequest{OrganizationId: o.ID, InvitationId: first.GetId()})
		require.NoError(t, err)
		require.NotEqual(t, first.GetId(), b.invite(t, o, guest).GetId())
		b.tokens(t, guest.Email, 2)
		guest.Session = b.Transport.Session("fr")
		_, err = identityv1.NewAuthServiceClient(guest.Session).RegisterWithInvitation(t.Context(),
			&identityv1.RegisterWithInvitationRequest{Token: old, Password: guest.Password})
		require.NoError(t, err)
		require.NoError(t, guest.Accept(t.Context(), old))
	})
}

// An invited person says no, by the link and in their own list; saying it again
// changes nothing.
func TestDeclining(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, guest := b.client(t), person("guest")
		b.invite(t, o, guest)
		token := b.tokens(t, guest.Email, 1)[0]
		nobody := membershipv1.NewInvitationServiceClient(b.Transport.Session("fr"))
		for range 2 {
			answer, err := nobody.DeclineInvitation(t.Context(), &membershipv1.DeclineInvitationRequest{Token: token})
			require.NoError(t, err)
			require.Equal(t, o.Name, answer.GetOrganizationName())
		}
		require.Equal(t, membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_DECLINED, diagnose(t, o, guest.Email).GetDiagnosis())

		member := b.client(t).Owner
		second := b.invite(t, o, member)
		mine := membershipv1.NewInvitationServiceClient(member)
		_, err := mine.DeclineMyInvitation(t.Context(), &membershipv1.DeclineMyInvitationRequest{InvitationId: second.GetId()})
		require.NoError(t, err)
		_, err = mine.AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{InvitationId: second.GetId()})
		require.Error(t, err)
	})
}

func diagnose(t *testing.T, o journey.Organization, email string) *membershipv1.DiagnoseInvitationResponse {
	t.Helper()
	answer, err := invitations(o).DiagnoseInvitation(t.Context(), &membershipv1.DiagnoseInvitationRequest{OrganizationId: o.ID, Email: email})
	require.NoError(t, err)
	require.NotEmpty(t, answer.GetSentence())
	require.NotEmpty(t, answer.GetNextStep())
	require.NotContains(t, answer.GetContext(), "avl_", "no secret (R65)")
	return answer
}

// R60 to R66: why a guest cannot get in, from what really happened.
func TestWhyAGuestCannotGetIn(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, guest := b.client(t), person("guest")
		require.Equal(t, membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_NEVER_INVITED, diagnose(t, o, guest.Email).GetDiagnosis())
		b.invite(t, o, guest)
		token := b.tokens(t, guest.Email, 1)[0]
		wait := func(want membershipv1.InvitationDiagnosis) {
			require.NoError(t, journey.Eventually(t.Context(), func(context.Context) (bool, error) {
				return diagnose(t, o, guest.Email).GetDiagnosis() == want, nil
			}), want.String())
		}
		wait(membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_MAIL_ACCEPTED) // R62, R63
		fetch := func(s driver.Session) {
			_, err := membershipv1.NewInvitationServiceClient(s).LookupInvitation(t.Context(), &membershipv1.LookupInvitationRequest{Token: token, Fetched: true})
			require.NoError(t, err)
		}
		fetch(b.Transport.Session("fr"))
		wait(membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_LINK_FETCHED) // R64
		other := b.client(t).Owner
		fetch(other.Session)
		wait(membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_OPENED_AS_SOMEBODY_ELSE)
		requireReason(t, reasonv1.Reason_REASON_INVITATION_FOR_SOMEBODY_ELSE, other.Accept(t.Context(), token))
		_, err := b.Join(t.Context(), guest, o.ID)
		require.NoError(t, err, "the invitation stayed as it was")
		wait(membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_ALREADY_MEMBER) // R60
		_, err = membershipv1.NewOrganizationServiceClient(b.Operator["membership"]).SuspendOrganization(t.Context(),
			&membershipv1.SuspendOrganizationRequest{OrganizationId: o.ID})
		require.NoError(t, err)
		off, err := membershipv1.NewInvitationServiceClient(b.Operator["membership"]).DiagnoseInvitation(t.Context(),
			&membershipv1.DiagnoseInvitationRequest{OrganizationId: o.ID, Email: guest.Email})
		require.NoError(t, err)
		require.Equal(t, membershipv1.InvitationDiagnosis_INVITATION_DIAGNOSIS_ORGANIZATION_INACTIVE, off.GetDiagnosis()) // R65
	})
}

// R91 R96 R102 R103: what looks odd is said before anything happens, and nothing
// is refused for it.
func TestOddAddressesAreSaidFirst(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, guest := b.client(t), person("guest")
		b.invite(t, o, guest)
		answer, err := invitations(o).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
			OrganizationId: o.ID, Email: withTag(guest.Email, "cabinet1"), ValidateOnly: true,
		})
		require.NoError(t, err)
		require.Empty(t, answer.GetInvitation().GetId())
		require.Equal(t, guest.Email, answer.GetInvitation().GetWarnings()[0].GetEmail())
		_, err = invitations(o).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{OrganizationId: o.ID, Email: o.Owner.Email})
		requireReason(t, reasonv1.Reason_REASON_ALREADY_MEMBER, err) // R90
	})
}

// R54: taking a collaborator's invitation back among the members reaches the
// partner's own list.
func TestACancelledInvitationTakesItsCollaboratorAlong(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, p := b.partner(t), person("karim")
		b.add(t, o, p)
		list, err := invitations(o).ListInvitations(t.Context(), &membershipv1.ListInvitationsRequest{
			OrganizationId: o.ID, State: membershipv1.InvitationState_INVITATION_STATE_PENDING,
		})
		require.NoError(t, err)
		_, err = invitations(o).CancelInvitation(t.Context(), &membershipv1.CancelInvitationRequest{
			OrganizationId: o.ID, InvitationId: list.GetInvitations()[0].GetId(),
		})
		require.NoError(t, err)
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			found, err := partnersupportv1.NewCollaboratorServiceClient(o.Owner).ListCollaborators(ctx, &partnersupportv1.ListCollaboratorsRequest{
				PartnerId: o.ID, State: partnersupportv1.CollaboratorState_COLLABORATOR_STATE_LEFT,
			})
			return err == nil && len(found.GetCollaborators()) == 1, err
		}))
		require.Equal(t, partnersupportv1.CollaboratorState_COLLABORATOR_STATE_INVITED, b.add(t, o, p).GetState(), "the same address at once again (R55)")
	})
}

// A list of people as a spreadsheet writes it: the bad lines are named, the
// others are invited, and sending it again changes nothing.
func TestAListIsImported(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	o := b.client(t)
	file := "\xef\xbb\xbfE-mail;Prénom;Nom;Rôle\r\n"
	for n := range 8 {
		role := "Membre"
		if n == 3 {
			role = "roi"
		}
		file += fmt.Sprintf("%s;P%d;Petit;%s\r\n", person("guest").Email, n, role)
	}
	for round, want := range []string{"INVITATION_OUTCOME_CREATED", "INVITATION_OUTCOME_CREATED", "INVITATION_OUTCOME_UNCHANGED"} {
		query := ""
		if round == 0 {
			query = "?validateOnly=true" // tells what would be, and leaves it to be done
		}
		results := b.importCSV(t, o, query, file)
		require.Len(t, results, 8)
		for n, result := range results {
			require.Equal(t, fmt.Sprint(n+2), result.Key)
			if n == 3 {
				require.Equal(t, "INVITATION_OUTCOME_REFUSED", result.Outcome)
				require.Equal(t, "role", result.ErrorField)
				continue
			}
			require.Equal(t, want, result.Outcome, "round %d", round)
		}
	}
}

type imported struct {
	Key, Outcome, ErrorField, Message string
}

func (b bundle) importCSV(t *testing.T, o journey.Organization, query, file string) []imported {
	t.Helper()
	browser := b.browserOf(t, o.Owner, o.ID)
	route := "/v1/organizations/" + o.ID + "/invitations:import"
	require.Equal(t, http.StatusUnsupportedMediaType, b.post(t, browser, route, "text/plain", file).StatusCode)
	require.Equal(t, http.StatusBadRequest, b.post(t, browser, route+"?validDays=3", "text/csv", file).StatusCode)
	response := b.post(t, browser, route+query, "text/csv; charset=utf-8", file)
	require.Equal(t, http.StatusOK, response.StatusCode)
	var answer struct{ Results []imported }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	return answer.Results
}

// browserOf is a browser in which a person is signed in; in an organisation,
// where one is named.
func (b bundle) browserOf(t *testing.T, p journey.Person, organization string) *http.Client {
	t.Helper()
	browser := driver.HTTPClient(newJar(t))
	credentials, err := json.Marshal(map[string]string{"email": p.Email, "password": p.Password})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, b.post(t, browser, "/v1/auth:signIn", "application/json", string(credentials)).StatusCode)
	if organization != "" {
		chosen := `{"organizationId":"` + organization + `"}`
		require.Equal(t, http.StatusOK, b.post(t, browser, "/v1/auth:selectContext", "application/json", chosen).StatusCode)
	}
	return browser
}

func (b bundle) post(t *testing.T, browser *http.Client, path, kind, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.stack.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", kind)
	response, err := browser.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// R58 R68 R69: the pages in one browser: a link per company opened in its own
// tab, the password set in one of them, and all accepted; a program that
// submits the page's forms as they stand declines nothing.
func TestInvitationsInTheTabsOfOneBrowser(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	guest := person("guest")
	for range 3 {
		b.invite(t, b.client(t), guest)
	}
	tokens := b.tokens(t, guest.Email, 3)
	browser := driver.HTTPClient(newJar(t))
	tabs := make([]form, len(tokens))
	for i, token := range tokens {
		link := b.stack.URL() + "/i/" + token
		forms := formsOf(t, get(t, browser, link+"/decline"))
		require.Len(t, forms, 1)
		submit(t, browser, link+"/decline", forms[0], forms[0].buttons[0])
		tabs[i] = formsOf(t, get(t, browser, link))[0]
	}
	for i, token := range tokens {
		tabs[i].values.Set("password", guest.Password)
		submit(t, browser, b.stack.URL()+"/i/"+token, tabs[i], tabs[i].buttons[0])
	}
	guest, err := b.SignIn(t.Context(), guest, b.organizationOf(t, guest))
	require.NoError(t, err)
	contexts, err := membershipv1.NewMemberServiceClient(guest.Session).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
	require.NoError(t, err)
	require.Len(t, contexts.GetContexts(), 3)
	require.Contains(t, get(t, browser, b.stack.URL()+"/guide/invitation"), "Que doit faire un utilisateur")
}

// organizationOf gives one place of a person.
func (b bundle) organizationOf(t *testing.T, p journey.Person) string {
	t.Helper()
	s := b.Transport.Session("fr")
	_, err := identityv1.NewAuthServiceClient(s).SignIn(t.Context(), &identityv1.SignInRequest{Email: p.Email, Password: p.Password})
	require.NoError(t, err)
	contexts, err := membershipv1.NewMemberServiceClient(s).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
	require.NoError(t, err)
	require.NotEmpty(t, contexts.GetContexts())
	return contexts.GetContexts()[0].GetOrganization().GetId()
}
