package e2e

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R89 R104: a collaborator is one person in all their firms, with one password
// and no alias. R91 R92 R125: an alias remains possible and is a person of its
// own. R93: its mail goes to the tagged address and to no other, for not every
// provider knows tags. R100: each firm's list says which address is used there.
func TestOneIdentityInSeveralFirmsAndAnAliasApart(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		first, second, third := b.partner(t), b.partner(t), b.partner(t)
		p := person("karim")
		b.add(t, first, p)
		p, err := b.Join(t.Context(), p, first.ID)
		require.NoError(t, err)
		b.add(t, second, p)
		b.tokens(t, p.Email, 2) // an invitation that is accepted before is not mailed any more
		mine := membershipv1.NewInvitationServiceClient(p)
		waiting, err := mine.ListMyInvitations(t.Context(), &membershipv1.ListMyInvitationsRequest{})
		require.NoError(t, err)
		require.Len(t, waiting.GetInvitations(), 1)
		_, err = mine.AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{InvitationId: waiting.GetInvitations()[0].GetId()})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{first.ID, second.ID}, placesOf(t, p))

		alias := person("karim")
		alias.Email = withTag(p.Email, "cabinet3")
		b.add(t, third, alias)
		alias, err = b.Join(t.Context(), alias, third.ID)
		require.NoError(t, err)
		require.NotEqual(t, p.UserID, alias.UserID)
		require.Equal(t, []string{third.ID}, placesOf(t, alias))
		mails, err := b.Mails(t.Context(), url.Values{"to": {p.Email}})
		require.NoError(t, err)
		require.Len(t, mails, 2, "R93: nothing of the alias comes to the address without it")

		require.Equal(t, p.Email, b.memberOf(t, second, p.UserID).GetEmail())
		require.Equal(t, alias.Email, b.memberOf(t, third, alias.UserID).GetEmail(), "R100")
		for _, crossed := range []journey.Person{{Email: alias.Email, Password: p.Password}, {Email: p.Email, Password: alias.Password}} {
			_, err := b.SignIn(t.Context(), crossed, third.ID)
			requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		}
		require.NoError(t, p.Enter(t.Context(), second.ID), "no other password for the second firm")
	})
}

// placesOf lists the organisations that a person chooses between.
func placesOf(t *testing.T, p journey.Person) (out []string) {
	t.Helper()
	answer, err := membershipv1.NewMemberServiceClient(p).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
	require.NoError(t, err)
	for _, one := range answer.GetContexts() {
		out = append(out, one.GetOrganization().GetId())
	}
	return out
}

// No password is made of the name of a firm that one belongs to, or is invited
// to.
func TestNoPasswordIsMadeOfAFirmsName(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, guest := b.client(t), person("guest")
		b.invite(t, o, guest)
		token, err := b.InvitationToken(t.Context(), guest.Email)
		require.NoError(t, err)
		_, err = identityv1.NewAuthServiceClient(b.Transport.Session("fr")).RegisterWithInvitation(t.Context(),
			&identityv1.RegisterWithInvitationRequest{Token: token, Password: o.Name + " 75 " + guest.FamilyName})
		requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)
		guest, err = b.Join(t.Context(), guest, o.ID)
		require.NoError(t, err)
		_, err = identityv1.NewAccountServiceClient(guest).ChangePassword(t.Context(), &identityv1.ChangePasswordRequest{
			OldPassword: guest.Password, NewPassword: o.Name + " 75 " + guest.FamilyName,
		})
		requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)
	})
}

// The pages ask for the second look first: by the password, or by the factor of
// whoever has one.
func TestThePagesAskForASecondLook(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	plain, armed := b.client(t), b.client(t)
	phone := enrolApp(t, armed.Owner.Session)
	const wanted = "/account/erase"
	for _, c := range []struct {
		who   journey.Organization
		way   url.Values
		other string
	}{
		{plain, url.Values{"way": {"password"}, "password": {plain.Owner.Password}}, `value="code"`},
		{armed, url.Values{"way": {"recovery"}, "recovery_code": {phone.codes[1]}}, `value="password"`},
	} {
		browser := b.browserOf(t, c.who.Owner, "")
		if c.who.ID == armed.ID {
			proof := `{"proof":{"totpCode":"` + phone.code(t, 1) + `"}}`
			require.Equal(t, http.StatusOK, b.post(t, browser, "/v1/auth:verifyFactor", "application/json", proof).StatusCode)
		}
		got, err := browser.Get(b.stack.URL() + wanted)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		at := b.stack.URL() + got.Header.Get("Location")
		require.Contains(t, at, "/account/confirm")
		page := get(t, browser, at)
		require.NotContains(t, page, c.other)
		answer := submit(t, browser, at, formsOf(t, page)[0], c.way)
		require.Equal(t, http.StatusSeeOther, answer.StatusCode)
		require.Equal(t, wanted, answer.Header.Get("Location"))
		require.Contains(t, get(t, browser, b.stack.URL()+wanted), `name="confirm"`)
	}
}
