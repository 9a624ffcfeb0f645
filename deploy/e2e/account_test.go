package e2e

import (
	"context"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// linkIn gives the token of the link in a mail to the address.
func (b bundle) linkIn(t *testing.T, to, subject, path string) string {
	t.Helper()
	mail, err := b.ReadMail(t.Context(), to, subject)
	require.NoError(t, err)
	found := regexp.MustCompile(regexp.QuoteMeta(path) + `(avl_\w+1_[\w-]+)`).FindStringSubmatch(mail.Text)
	require.Len(t, found, 2, mail.Text)
	return found[1]
}

func (b bundle) stranger() identityv1.RecoveryServiceClient {
	return identityv1.NewRecoveryServiceClient(b.Transport.Session("fr"))
}

func steppedUp(t *testing.T, p journey.Person) identityv1.AccountServiceClient {
	t.Helper()
	accounts := identityv1.NewAccountServiceClient(p)
	_, err := accounts.ConfirmIdentity(t.Context(), &identityv1.ConfirmIdentityRequest{Password: p.Password})
	require.NoError(t, err)
	return accounts
}

// A forgotten password is set anew by the mailbox; the sessions end. T-22: of an
// address that is nobody's the answer is the same.
func TestForgottenPassword(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		client := b.client(t)
		owner := client.Owner
		for _, address := range []string{owner.Email, unique("nobody") + "@nowhere.example"} {
			_, err := b.stranger().RequestPasswordReset(t.Context(), &identityv1.RequestPasswordResetRequest{Email: address})
			require.NoError(t, err)
		}
		link := b.linkIn(t, owner.Email, "mot de passe", "/reset-password/")
		password := journey.NewPassword()
		answer, err := b.stranger().ResetPassword(t.Context(), &identityv1.ResetPasswordRequest{Token: link, NewPassword: password})
		require.NoError(t, err)
		require.Positive(t, answer.GetSessionsEnded())
		_, err = b.stranger().ResetPassword(t.Context(), &identityv1.ResetPasswordRequest{Token: link, NewPassword: password})
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
		owner.Password = password
		_, err = b.SignIn(t.Context(), owner, client.ID)
		require.NoError(t, err)
	})
}

// R112: the address changes, the person and their memberships stay; the old
// mailbox takes it back.
func TestAddressMovesAndComesBack(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		client := b.client(t)
		owner := client.Owner
		_, err := identityv1.NewEmailChangeServiceClient(owner).StartEmailChange(t.Context(), &identityv1.StartEmailChangeRequest{NewEmail: "a@b.example"})
		requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, err)
		now, _ := b.moved(t, client, unique("moved")+"@moved.example")
		require.Equal(t, owner.UserID, now.UserID)
		b.eventuallyKnown(t, now, client.ID, now.Email)
		enrolApp(t, now.Session)

		anyone := identityv1.NewEmailChangeServiceClient(b.Transport.Session("fr"))
		back := b.linkIn(t, owner.Email, "adresse a", "/undo-email/")
		undone, err := anyone.UndoEmailChange(t.Context(), &identityv1.UndoEmailChangeRequest{Token: back})
		require.NoError(t, err)
		require.EqualValues(t, 1, undone.GetFactorsRemoved(), "what was enrolled since goes with the change")
		for to, subject := range map[string]string{
			owner.Email: "Votre adresse est rétablie", now.Email: "Le changement d'adresse a été annulé",
		} {
			_, err = b.ReadMail(t.Context(), to, subject)
			require.NoError(t, err)
		}
		owner.Password = journey.NewPassword()
		_, err = b.stranger().ResetPassword(t.Context(), &identityv1.ResetPasswordRequest{Token: undone.GetResetToken(), NewPassword: owner.Password})
		require.NoError(t, err)
		owner, err = b.SignIn(t.Context(), owner, client.ID)
		require.NoError(t, err)
		b.eventuallyKnown(t, owner, client.ID, owner.Email)
	})
}

// R112: an administrator begins a member's change of address; the person ends
// it, by the link and their own password. An administrator has no such power
// over an owner.
func TestAnAdministratorBeginsAChangeOfAddress(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		client := b.client(t)
		person, member := b.hired(t, client, nil)
		moved := unique("moved") + "@moved.example"
		members := membershipv1.NewMemberServiceClient(client.Owner)
		ask := func(as membershipv1.MemberServiceClient, member string) error {
			_, err := as.StartMemberEmailChange(t.Context(), &membershipv1.StartMemberEmailChangeRequest{
				OrganizationId: client.ID, MemberId: member, NewEmail: moved,
			})
			return err
		}
		requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, ask(membershipv1.NewMemberServiceClient(person), member.GetId()))
		require.NoError(t, ask(members, member.GetId()))

		link := b.linkIn(t, moved, "adresse", "/confirm-email/")
		anyone := identityv1.NewEmailChangeServiceClient(b.Transport.Session("fr"))
		_, err := anyone.ConfirmEmailChange(t.Context(), &identityv1.ConfirmEmailChangeRequest{Token: link})
		require.Error(t, err, "whoever reads the new mailbox is not the person yet")
		_, err = anyone.ConfirmEmailChange(t.Context(), &identityv1.ConfirmEmailChangeRequest{Token: link, Password: person.Password})
		require.NoError(t, err)
		now := person
		now.Email = moved
		now, err = b.SignIn(t.Context(), now, client.ID)
		require.NoError(t, err)
		require.Equal(t, person.UserID, now.UserID)
		require.NoError(t, journey.Eventually(t.Context(), func(context.Context) (bool, error) {
			return b.memberOf(t, client, person.UserID).GetEmail() == moved, nil
		}))
	})
}

// moved is an organisation's owner at another address, signed in anew, and the
// change that led there.
func (b bundle) moved(t *testing.T, o journey.Organization, address string) (owner journey.Person, change string) {
	t.Helper()
	owner = o.Owner
	steppedUp(t, owner)
	_, err := identityv1.NewEmailChangeServiceClient(owner).StartEmailChange(t.Context(), &identityv1.StartEmailChangeRequest{NewEmail: address})
	require.NoError(t, err)
	link := b.linkIn(t, address, "adresse", "/confirm-email/")
	_, err = identityv1.NewEmailChangeServiceClient(b.Transport.Session("fr")).
		ConfirmEmailChange(t.Context(), &identityv1.ConfirmEmailChangeRequest{Token: link})
	require.NoError(t, err)
	owner.Email = address
	owner, err = b.SignIn(t.Context(), owner, o.ID)
	require.NoError(t, err)
	var found id.ID
	err = connect(t, "identity", "system").QueryRow(t.Context(),
		"SELECT id FROM email_change WHERE user_id = $1 AND state = 'CONFIRMED'", uuidOf(t, owner.UserID)).Scan(&found)
	require.NoError(t, err)
	return owner, found.Text("ech")
}

// eventuallyKnown waits until the members' page has the address.
func (b bundle) eventuallyKnown(t *testing.T, who journey.Person, organization, address string) {
	t.Helper()
	err := journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		list, err := membershipv1.NewMemberServiceClient(who).ListMembers(ctx, &membershipv1.ListMembersRequest{OrganizationId: organization})
		return err != nil || list.GetMembers()[0].GetEmail() == address, err
	})
	require.NoError(t, err)
}

func TestOwnSessionsAreListedAndEnded(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		client := b.client(t)
		other, err := b.SignIn(t.Context(), client.Owner, client.ID)
		require.NoError(t, err)
		sessions := identityv1.NewSessionServiceClient(other)
		list, err := sessions.ListMySessions(t.Context(), &identityv1.ListMySessionsRequest{})
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(list.GetSessions()), 2)
		current := 0
		for _, one := range list.GetSessions() {
			if one.GetCurrent() {
				current++
			}
		}
		require.Equal(t, 1, current)
		ended, err := sessions.RevokeMyOtherSessions(t.Context(), &identityv1.RevokeMyOtherSessionsRequest{})
		require.NoError(t, err)
		require.Positive(t, ended.GetEnded())
		list, err = sessions.ListMySessions(t.Context(), &identityv1.ListMySessionsRequest{})
		require.NoError(t, err)
		require.Len(t, list.GetSessions(), 1)
	})
}

// A person gets what is held about them, and is forgotten by every service.
func TestExportAndErasure(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		accounts := steppedUp(t, s.person)
		data, err := accounts.ExportMe(t.Context(), &identityv1.ExportMeRequest{})
		require.NoError(t, err)
		for _, service := range []string{"identity", "membership", "partnersupport", "consent", "notification"} {
			require.Contains(t, data.GetData().GetFields(), service)
		}
		require.Contains(t, data.GetData().String(), s.person.Email)

		_, err = steppedUp(t, s.client.Owner).RequestErasure(t.Context(), &identityv1.RequestErasureRequest{Confirm: "REMOVE"})
		requireReason(t, reasonv1.Reason_REASON_LAST_OWNER, err)
		details, _ := fault.Details(err)
		require.Contains(t, details.Metadata()["organizations"], s.client.Name)

		_, err = accounts.RequestErasure(t.Context(), &identityv1.RequestErasureRequest{Confirm: "REMOVE"})
		require.NoError(t, err)
		_, err = b.SignIn(t.Context(), s.person, "")
		requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		err = journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			list, err := membershipv1.NewMemberServiceClient(s.partner.Owner).ListMembers(ctx, &membershipv1.ListMembersRequest{OrganizationId: s.partner.ID})
			return err != nil || len(list.GetMembers()) == 1, err
		})
		require.NoError(t, err)
		b.eventuallyForgotten(t, s.person.UserID)
	})
}

// eventuallyForgotten waits until every service has said that it forgot the
// person, and identity has closed the account.
func (b bundle) eventuallyForgotten(t *testing.T, user string) {
	t.Helper()
	conn := connect(t, "identity", "system")
	err := journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		var closed bool
		err := conn.QueryRow(ctx, "SELECT email = '' AND erase_time IS NOT NULL FROM users WHERE id = $1", uuidOf(t, user)).Scan(&closed)
		return closed, err
	})
	require.NoError(t, err)
}
