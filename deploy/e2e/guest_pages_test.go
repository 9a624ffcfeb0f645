package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// pending counts the invitations that wait in an organisation.
func (b bundle) pending(t *testing.T, o journey.Organization) int {
	t.Helper()
	answer, err := invitations(o).ListInvitations(t.Context(), &membershipv1.ListInvitationsRequest{
		OrganizationId: o.ID, State: membershipv1.InvitationState_INVITATION_STATE_PENDING, PageSize: 200,
	})
	require.NoError(t, err)
	return len(answer.GetInvitations())
}

// R102: the page shows what would become of a list before anybody is invited;
// confirmed, the bad lines are named by number and reason and all others are in,
// and pressing once more, as after a cut, changes nothing.
func TestAListIsLookedAtBeforeAnybodyIsInvited(t *testing.T) {
	t.Parallel()
	const lines, bad = 120, 12
	b := setup(t, shared.rest)
	o := b.client(t)
	file := strings.Builder{}
	file.WriteString("E-mail;Prénom;Nom;Rôle\r\n")
	for n := range lines {
		role := "Membre"
		if n%(lines/bad) == 0 {
			role = "roi"
		}
		fmt.Fprintf(&file, "p%03d.%s;P;Petit;%s\r\n", n, o.Owner.Email, role)
	}
	browser, at := b.browserOf(t, o.Owner, o.ID), b.stack.URL()+"/members/import"
	list := formWith(t, get(t, browser, at), "pasted")
	list.values.Set("pasted", file.String())

	shown := pageAfter(t, browser, at, list, nil)
	require.Contains(t, shown, "108 personnes à inviter")
	require.Contains(t, shown, "12 lignes à corriger")
	require.Zero(t, b.pending(t, o), "looking invites nobody")
	confirm := formWith(t, shown, "pasted")
	require.Equal(t, "yes", confirm.buttons[0].Get("confirm"))
	for range 2 {
		done := pageAfter(t, browser, at, confirm, confirm.buttons[0])
		require.Contains(t, done, "108 personnes invitées")
		require.Contains(t, done, "12 lignes refusées")
		for n := 0; n < lines; n += lines / bad {
			require.Contains(t, done, fmt.Sprintf(`<th scope="row">%d</th>`, n+2), "the line's number")
		}
		require.Equal(t, lines-bad, b.pending(t, o))
	}
}

// R59 R95 R97 R101: after signing in a contact of several firms chooses the firm,
// among their own companies and apart from where they help clients, and comes to
// the client area; a colleague comes to the dossiers.
func TestSigningInLeadsToTheInterfaceOfTheRole(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	first, second := b.support(t), b.support(t)
	p := person("marie")
	b.contact(t, first, p.Email)
	invited, err := b.ReadMail(t.Context(), p.Email, "espace client")
	require.NoError(t, err)
	require.Contains(t, invited.Text, "vous choisissez le cabinet à la connexion", "R101")
	p, err = b.Join(t.Context(), p, first.partner.ID)
	require.NoError(t, err)
	b.add(t, second.partner, p)
	mine := membershipv1.NewInvitationServiceClient(p)
	waiting, err := mine.ListMyInvitations(t.Context(), &membershipv1.ListMyInvitationsRequest{})
	require.NoError(t, err)
	_, err = mine.AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{InvitationId: waiting.GetInvitations()[0].GetId()})
	require.NoError(t, err)

	browser, at := b.browserOf(t, p, ""), b.stack.URL()+"/organizations"
	own, helped, apart := strings.Cut(get(t, browser, at), "Support et clients suivis")
	require.True(t, apart)
	require.Contains(t, own, first.partner.Name)
	require.Contains(t, own, "Contact client")
	require.Contains(t, helped, second.partner.Name)
	require.NotContains(t, helped, first.partner.Name)
	for place, home := range map[string]string{first.partner.ID: "/firm", second.partner.ID: "/partner/dossiers"} {
		choosePlace(t, browser, at, place)
		response, err := browser.Get(b.stack.URL() + "/")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, home, response.Header.Get("Location"))
	}
}

// choosePlace presses an organisation's button in the picker.
func choosePlace(t *testing.T, browser *http.Client, at, organization string) {
	t.Helper()
	for _, one := range formsOf(t, get(t, browser, at)) {
		for _, button := range one.buttons {
			if button.Get("organization") == organization {
				submit(t, browser, at, one, button)
				return
			}
		}
	}
	require.Fail(t, "the picker does not show "+organization)
}

// R56 R106 R107 R114: from the members' page the form takes details, then rights;
// whoever is invited gets a mail with a link, sets a password of their own and
// holds just these rights.
func TestTheMembersFormTakesDetailsThenRights(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	o, guest := b.client(t), person("lea")
	browser, at := b.browserOf(t, o.Owner, o.ID), b.stack.URL()+"/members/new"
	list := get(t, browser, b.stack.URL()+"/members")
	for _, words := range []string{"Paramètres", "Gérer les membres", "Ajouter un membre"} {
		require.Contains(t, list, words)
	}
	page := get(t, browser, at)
	details, rightsBelow, found := strings.Cut(page, `name="right.`)
	require.True(t, found, "the form has rights")
	for _, field := range []string{"given_name", "family_name", "email"} {
		require.Contains(t, details, `name="`+field+`"`)
		require.NotContains(t, rightsBelow, `name="`+field+`"`)
	}
	add := formWith(t, page, "email")
	for field, value := range map[string]string{
		"given_name": guest.GivenName, "family_name": guest.FamilyName, "email": guest.Email, "right.emailings": "LEVEL_EDITOR",
	} {
		add.values.Set(field, value)
	}
	submit(t, browser, at, add, nil)
	mail, err := b.ReadMail(t.Context(), guest.Email, "Invitation")
	require.NoError(t, err)
	require.NotEmpty(t, mail.Link("/i/"))
	guest, err = b.Join(t.Context(), guest, o.ID)
	require.NoError(t, err, "with a password that nobody sent")
	require.True(t, b.may(t, guest.UserID, o.ID, "emailings", editor))
	require.False(t, b.may(t, guest.UserID, o.ID, "emailings", approver))
	require.False(t, b.may(t, guest.UserID, o.ID, "sms", authzv1.Level_LEVEL_GUEST))
}
