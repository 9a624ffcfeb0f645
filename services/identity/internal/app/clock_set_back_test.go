package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

// A clock that is set back gives nothing back and keeps nobody out.
func TestTheClockIsSetBack(t *testing.T) {
	t.Parallel()

	t.Run("a session that was seen over stays over", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.chosen(t, b.registered(t, address), id.New())
		b.clock.Advance(domain.IdleLimit)
		requireOver(t, b.resolves(t, opened))
		b.clock.Advance(-domain.IdleLimit)
		requireOver(t, b.resolves(t, opened))
	})
	t.Run("a session used in the future is over", func(t *testing.T) {
		t.Parallel()
		for back, live := range map[time.Duration]bool{5 * time.Second: true, time.Hour: false, 400 * 24 * time.Hour: false} {
			b := setup(t)
			opened := b.chosen(t, b.registered(t, address), id.New())
			b.clock.Advance(-back)
			if err := b.resolves(t, opened); live {
				require.NoError(t, err)
			} else {
				requireOver(t, err)
			}
		}
	})
	t.Run("who tried before signs in, and guesses are not let through anew", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		b.tries(t, typed(address, wrong), 5)
		b.clock.Advance(-24 * time.Hour)
		b.tries(t, typed(address, wrong), 1)
		_, err := b.signIn.Do(t.Context(), typed(address, wrong))
		require.Equal(t, 4*time.Second, requireWait(t, err), "the count goes on")
		b.clock.Advance(4 * time.Second)
		b.signedIn(t, address)
	})
	t.Run("a network that was used up fills again", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		two := limits()
		two.SignInsPerNetwork = 2
		b.signIn.Check = checker(t, b, two)
		in := typed("x@cabinet.fr", wrong)
		in.Origin.Source = "192.0.2.1/32"
		b.tries(t, in, 2)
		_, err := b.signIn.Do(t.Context(), in)
		requireWait(t, err)
		b.clock.Advance(-24 * time.Hour)
		b.tries(t, in, 2)
		_, err = b.signIn.Do(t.Context(), in)
		requireWait(t, err)
	})
	t.Run("a link that was used stays used", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		link := b.resetLink(t, address).Link.String()
		_, err := b.resetPassword().Do(t.Context(), link, newPassword)
		require.NoError(t, err)
		b.clock.Advance(-time.Hour)
		_, err = b.resetPassword().Do(t.Context(), link, newPassword)
		requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
	})
}

// D3, T-13: whoever was in somebody's account, or could be, is out once its
// owner sets a new password: by what they hold and by what they began.
func TestANewPasswordEndsWhatWasBegunUnderTheOld(t *testing.T) {
	t.Parallel()
	for name, renew := range map[string]func(*testing.T, *bundle, app.Opened){
		"by a link": func(t *testing.T, b *bundle, _ app.Opened) {
			_, err := b.resetPassword().Do(t.Context(), b.resetLink(t, address).Link.String(), newPassword)
			require.NoError(t, err)
		},
		"by the old one": func(t *testing.T, b *bundle, own app.Opened) {
			_, err := b.changePassword().Do(t.Context(), app.PasswordChange{
				SessionID: own.Session.ID, UserID: own.Session.UserID, Old: password, New: newPassword,
			})
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			own := b.registered(t, address)
			chosen, waiting := b.chosen(t, b.signedIn(t, address), id.New()), b.signedIn(t, address)
			reset := b.resetLink(t, address).Link.String()
			moving := b.moving(t, b.signedIn(t, address), "voleur@ailleurs.fr").Link.String()
			renew(t, b, own)
			for _, held := range []app.Opened{chosen, waiting} {
				requireOver(t, b.resolves(t, held))
			}
			_, err := b.signIn.Do(t.Context(), typed(address, password))
			requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
			_, err = b.resetPassword().Do(t.Context(), reset, "encore une autre phrase bien longue")
			requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
			requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, b.followEmail().Confirm(t.Context(), app.EmailProof{Token: moving}))
			_, err = b.signIn.Do(t.Context(), typed(address, newPassword))
			require.NoError(t, err)
		})
	}
}
