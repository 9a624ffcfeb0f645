package app_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

const newAddress = "camille.durand@atelier.fr"

// moving begins a change and gives the mail to the new address.
func (b *bundle) moving(t *testing.T, from app.Opened, to string) app.Mail {
	t.Helper()
	s := b.steppedUp(t, from).Session
	_, err := b.startEmail().Do(t.Context(), app.Move{UserID: s.UserID, SessionID: s.ID, NewEmail: to})
	require.NoError(t, err)
	return b.proof(t)
}

func (b *bundle) proof(t *testing.T) app.Mail {
	t.Helper()
	mail, err := b.mails().Proof(t.Context(), b.newest(t, "email_change"))
	require.NoError(t, err)
	return mail
}

// moved completes a change and gives the mail to the old address.
func (b *bundle) moved(t *testing.T, from app.Opened, to string) app.Mail {
	t.Helper()
	require.NoError(t, b.followEmail().Confirm(t.Context(), app.EmailProof{Token: b.moving(t, from, to).Link.String()}))
	mail, err := b.mails().Changed(t.Context(), b.newest(t, "email_change"))
	require.NoError(t, err)
	return mail
}

// R112: the address changes, the person stays.
func TestEmailChange(t *testing.T) {
	t.Parallel()

	t.Run("needs the new mailbox, ends sessions, and keeps the identity", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		first := b.registered(t, address)
		reset := b.resetLink(t, address).Link.String()
		mail := b.moving(t, first, " Camille.Durand@Atelier.FR")
		require.Equal(t, "Camille.Durand@atelier.fr", mail.Address)
		b.signedIn(t, address)
		require.NoError(t, b.followEmail().Confirm(t.Context(), app.EmailProof{Token: mail.Link.String()}))
		_, err := b.signIn.Do(t.Context(), typed(address, password))
		requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		require.Equal(t, first.Session.UserID, b.signedIn(t, newAddress).Session.UserID)
		_, err = b.resetPassword().Do(t.Context(), reset, newPassword)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID,
			b.followEmail().Confirm(t.Context(), app.EmailProof{Token: mail.Link.String()}))
		require.Contains(t, b.subjects(t), "aval.identity.v1.user.email_changed")
	})
	t.Run("looking changes nothing", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		link := b.moving(t, b.registered(t, address), newAddress).Link.String()
		for range 3 {
			seen, err := b.followEmail().Look(t.Context(), link)
			require.NoError(t, err)
			require.Equal(t, newAddress, seen.Change.NewEmail)
			require.False(t, seen.Undoes())
		}
		b.signedIn(t, address)
	})
	t.Run("a second change drops the first", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		mine := b.registered(t, address)
		first := b.moving(t, mine, newAddress).Link.String()
		b.moving(t, b.signedIn(t, address), "troisieme@atelier.fr")
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, b.followEmail().Confirm(t.Context(), app.EmailProof{Token: first}))
	})
	t.Run("an address of somebody else is told to its mailbox alone", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, newAddress)
		link := b.moving(t, b.registered(t, address), newAddress).Link.String()
		requireReason(t, reasonv1.Reason_REASON_ADDRESS_IN_USE, b.followEmail().Confirm(t.Context(), app.EmailProof{Token: link}))
		b.signedIn(t, address)
	})
	t.Run("to the same address is none", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.steppedUp(t, b.registered(t, address)).Session
		_, err := b.startEmail().Do(t.Context(), app.Move{UserID: s.UserID, SessionID: s.ID, NewEmail: address})
		requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
		_, err = b.startEmail().Do(t.Context(), app.Move{UserID: s.UserID, SessionID: s.ID, NewEmail: "nowhere"})
		requireReason(t, reasonv1.Reason_REASON_ADDRESS_INVALID, err)
	})
	t.Run("half an hour late there is no mail", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.moving(t, b.registered(t, address), newAddress)
		b.clock.Advance(domain.ProofLife)
		require.Empty(t, b.proof(t).Letter)
	})
}

// R112: an administrator may begin it; the new mailbox alone is then no proof,
// for the administrator named it.
func TestEmailChangeByAnAdministrator(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := b.registered(t, address).Session.UserID
	_, err := b.startEmail().Do(t.Context(), app.Move{UserID: user, ActorID: id.New(), NewEmail: newAddress})
	require.NoError(t, err)
	in := app.EmailProof{Token: b.proof(t).Link.String()}
	for _, typed := range []string{"", wrong} {
		in.Password = typed
		requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, b.followEmail().Confirm(t.Context(), in))
	}
	in.Password = password
	require.NoError(t, b.followEmail().Confirm(t.Context(), in))
	require.Equal(t, user, b.signedIn(t, newAddress).Session.UserID)
	_, err = b.startEmail().Do(t.Context(), app.Move{UserID: id.New(), ActorID: id.New(), NewEmail: newAddress})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
}

// The old mailbox takes a change back for 72 hours.
func TestUndoEmailChange(t *testing.T) {
	t.Parallel()

	t.Run("restores the address, ends sessions and asks for a new password", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		first := b.registered(t, address)
		mail := b.moved(t, first, newAddress)
		require.Equal(t, address, mail.Address)
		thief := b.signedIn(t, newAddress)
		undone, err := b.followEmail().Undo(t.Context(), mail.Link.String())
		require.NoError(t, err)
		requireOver(t, b.resolves(t, thief))
		for _, who := range []string{address, newAddress} {
			_, err = b.signIn.Do(t.Context(), typed(who, password))
			requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		}
		_, err = b.resetPassword().Do(t.Context(), undone.Reset.String(), newPassword)
		require.NoError(t, err)
		opened, err := b.signIn.Do(t.Context(), typed(address, newPassword))
		require.NoError(t, err)
		require.Equal(t, first.Session.UserID, opened.Session.UserID)
		_, err = b.followEmail().Undo(t.Context(), mail.Link.String())
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
		told, err := b.mails().Undone(t.Context(), mail.Change.ID, 0)
		require.NoError(t, err)
		require.Len(t, told, 2, "both mailboxes are told")
		require.Equal(t, []string{newAddress, address}, []string{told[0].Address, told[1].Address})
	})
	t.Run("moving on twice does not keep the owner out", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		mine := b.registered(t, address)
		mail := b.moved(t, mine, newAddress)
		second := b.moved(t, b.signedIn(t, newAddress), "troisieme@atelier.fr")
		pending := b.moving(t, b.signedIn(t, "troisieme@atelier.fr"), "quatrieme@atelier.fr")
		_, err := b.followEmail().Undo(t.Context(), mail.Link.String())
		require.NoError(t, err)
		_, err = b.followEmail().Undo(t.Context(), second.Link.String())
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID,
			b.followEmail().Confirm(t.Context(), app.EmailProof{Token: pending.Link.String()}))
		require.NotEmpty(t, b.resetLink(t, address).Letter)
	})
	t.Run("after 72 hours there is no way back", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		mail := b.moved(t, b.registered(t, address), newAddress)
		b.clock.Advance(domain.UndoLife)
		again, err := b.mails().Changed(t.Context(), mail.Change.ID)
		require.NoError(t, err)
		require.Empty(t, again.Letter)
	})
	t.Run("once, however many press", func(t *testing.T) { // T-13
		t.Parallel()
		b := setup(t)
		link := b.moved(t, b.registered(t, address), newAddress).Link.String()
		results := make([]error, 20)
		var all sync.WaitGroup
		for n := range results {
			all.Go(func() { _, results[n] = b.followEmail().Undo(t.Context(), link) })
		}
		all.Wait()
		done := 0
		for _, err := range results {
			if err == nil {
				done++
			}
		}
		require.Equal(t, 1, done)
	})
}
