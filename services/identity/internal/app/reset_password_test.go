package app_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/kit/token"
)

// Whoever forgot the password sets another one by the mailbox.
func TestResetPassword(t *testing.T) {
	t.Parallel()

	t.Run("sets the password, once, and ends every session", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		first := b.registered(t, address)
		second := b.signedIn(t, address)
		mail := b.resetLink(t, " Camille.MARTIN@cabinet.fr")
		require.Equal(t, address, mail.Address, "mail goes to the stored address")
		ended, err := b.resetPassword().Do(t.Context(), mail.Link.String(), newPassword)
		require.NoError(t, err)
		require.EqualValues(t, 2, ended)
		requireOver(t, b.resolves(t, first))
		requireOver(t, b.resolves(t, second))
		_, err = b.signIn.Do(t.Context(), typed(address, password))
		requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		_, err = b.signIn.Do(t.Context(), typed(address, newPassword))
		require.NoError(t, err)
		_, err = b.resetPassword().Do(t.Context(), mail.Link.String(), password)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
		require.Contains(t, b.subjects(t), "aval.identity.v1.user.password_changed", "the person is told")
	})
	t.Run("a weak password leaves the link as it is", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		link := b.resetLink(t, address).Link.String()
		_, err := b.resetPassword().Do(t.Context(), link, "court")
		requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)
		_, err = b.resetPassword().Do(t.Context(), link, newPassword)
		require.NoError(t, err)
	})
	t.Run("a link made under another password is worth nothing", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.registered(t, address)
		old := b.resetLink(t, address).Link.String()
		b.changed(t, opened)
		_, err := b.resetPassword().Do(t.Context(), old, password)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
	})
	t.Run("of two links the second is worth nothing after the first", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		first, second := b.resetLink(t, address).Link.String(), b.resetLink(t, address).Link.String()
		_, err := b.resetPassword().Do(t.Context(), first, newPassword)
		require.NoError(t, err)
		_, err = b.resetPassword().Do(t.Context(), second, password)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
	})
	t.Run("what is no link is none", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		link := b.resetLink(t, address).Link.String()
		for _, text := range []string{"", "x", link[:40], link + "A", token.New(token.Reset).String(), token.New(token.Session).String()} {
			_, err := b.resetPassword().Do(t.Context(), text, newPassword)
			requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
		}
	})
	t.Run("an address that is nobody's gets no mail, and its owner no other's", func(t *testing.T) { // T-15
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		for _, other := range []string{"inconnu@cabinet.fr", "camille.martin+x@cabinet.fr", "camille.martin@cabin\u00e9t.fr"} {
			require.Empty(t, b.resetLink(t, other).Letter, other)
		}
	})
	t.Run("what is no address is told so", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		requireReason(t, reasonv1.Reason_REASON_ADDRESS_INVALID, b.requestReset().Do(t.Context(), "not an address", domain.Origin{}))
	})
	t.Run("the mail is not prepared a day late", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		require.NoError(t, b.requestReset().Do(t.Context(), address, domain.Origin{}))
		b.clock.Advance(25 * time.Hour)
		mail, err := b.mails().Reset(t.Context(), b.newest(t, "reset_request"))
		require.NoError(t, err)
		require.Empty(t, mail.Letter)
	})
}

// T-13: of a hundred who use one link at once, one sets the password.
func TestResetAllAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.check = checker(t, b, unlimited())
	b.registered(t, address)
	for range testsize.Of(t, 1, 25) {
		b.resetRace(t, b.resetLink(t, address).Link.String())
	}
}

func (b *bundle) resetRace(t *testing.T, link string) {
	t.Helper()
	results := make([]error, 100)
	var all sync.WaitGroup
	for n := range results {
		all.Go(func() {
			_, results[n] = b.resetPassword().Do(t.Context(), link, fmt.Sprintf("%s %d", newPassword, n))
		})
	}
	all.Wait()
	var won []int
	for n, err := range results {
		if err == nil {
			won = append(won, n)
		}
	}
	require.Len(t, won, 1)
	_, err := b.signIn.Do(t.Context(), typed(address, fmt.Sprintf("%s %d", newPassword, won[0])))
	require.NoError(t, err)
}

// T-22: three mails an hour and ten a day, to anybody and to nobody.
func TestResetsAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.registered(t, address)
	for _, who := range []string{address, "inconnu@cabinet.fr"} {
		for range 3 {
			require.NoError(t, b.requestReset().Do(t.Context(), who, domain.Origin{}))
		}
		require.Equal(t, 20*time.Minute, requireWait(t, b.requestReset().Do(t.Context(), who, domain.Origin{})))
	}
	sent := 3
	for range 72 {
		b.clock.Advance(20 * time.Minute)
		if b.requestReset().Do(t.Context(), address, domain.Origin{}) == nil {
			sent++
		}
	}
	require.LessOrEqual(t, sent, 20, "ten at once, and what a day gives back")
	t.Run("and twenty an hour from one network", func(t *testing.T) {
		from := domain.Origin{Source: "192.0.2.1/32"}
		for n := range 20 {
			require.NoError(t, b.requestReset().Do(t.Context(), fmt.Sprintf("%d@cabinet.fr", n), from))
		}
		requireWait(t, b.requestReset().Do(t.Context(), "x@cabinet.fr", from))
	})
}
