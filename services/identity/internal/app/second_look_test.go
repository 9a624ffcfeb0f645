package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/passkeytest"
)

func (f factors) confirm(t *testing.T, o app.Opened) error {
	t.Helper()
	confirm := app.ConfirmIdentity{DB: f.db, Clock: f.clock, Check: f.check}
	_, err := confirm.Do(t.Context(), app.Confirmation{SessionID: o.Session.ID, UserID: o.Session.UserID, Password: password})
	return err
}

// Whoever has a second factor is asked for it: a stolen password and a stolen
// session together open nothing that could harm.
func TestASecondLookAsksForTheFactor(t *testing.T) {
	t.Parallel()

	t.Run("the password does not stand in for it", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		p, enrolled := f.withApp(t, f.registered(t, address))
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, f.confirm(t, enrolled.Opened))
		require.NoError(t, f.resolves(t, enrolled.Opened), "the session stays as it was")
		requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, f.erase(enrolled.Opened))

		f.clock.Advance(time.Minute)
		o := f.steppedUp(t, enrolled.Opened, app.FactorProof{Code: f.code(t, p, 0)})
		require.True(t, o.Session.SteppedUp(f.clock.Now()))
		require.NoError(t, f.erase(o))
	})
	t.Run("a new password is no second look either", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		_, enrolled := f.withApp(t, f.registered(t, address))
		require.False(t, f.changed(t, enrolled.Opened).Session.SteppedUp(f.clock.Now()))
		plain := f.registered(t, newAddress)
		require.True(t, f.changed(t, plain).Session.SteppedUp(f.clock.Now()), "without a factor it is one")
	})
	t.Run("a look that was taken before there was a factor counts no more", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		early := f.bundle.steppedUp(t, f.registered(t, address))
		f.withApp(t, f.signedIn(t, address))
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, f.erase(early))
	})
}

// Whoever took the account and moved it to a mailbox of their own keeps none of
// the factors that they enrolled, and the owner theirs.
func TestUndoTakesFactorsEnrolledSince(t *testing.T) {
	t.Parallel()

	t.Run("the thief's go, with the codes that came with them", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		mail := f.moved(t, f.registered(t, address), newAddress)
		f.clock.Advance(time.Hour)
		_, thief := f.withApp(t, f.signedIn(t, newAddress))
		undone, err := f.followEmail().Undo(t.Context(), mail.Link.String())
		require.NoError(t, err)
		require.EqualValues(t, 1, undone.FactorsRemoved)
		requireOver(t, f.resolves(t, thief.Opened))
		factors, left, err := f.keep.List(t.Context(), thief.Session.UserID, id.ID{}, 5)
		require.NoError(t, err)
		require.Empty(t, factors)
		require.Zero(t, left)
		told, err := f.mails().Undone(t.Context(), mail.Change.ID, int32(undone.FactorsRemoved))
		require.NoError(t, err)
		for _, one := range told {
			require.EqualValues(t, 1, one.FactorsRemoved)
		}
	})
	t.Run("the owner's stay, and their codes unless somebody made new ones", func(t *testing.T) {
		t.Parallel()
		for made, want := range map[bool]int64{false: domain.RecoveryCodes - 2, true: 0} {
			f := withFactors(t)
			device := passkeytest.New(t, origin)
			mine := f.withPasskey(t, f.registered(t, address), device)
			f.clock.Advance(time.Hour)
			owner, err := f.bySignIn(t, device)
			require.NoError(t, err)
			s := f.steppedUp(t, owner, app.FactorProof{RecoveryCode: mine.RecoveryCodes[0]}).Session
			_, err = f.startEmail().Do(t.Context(), app.Move{UserID: s.UserID, SessionID: s.ID, NewEmail: newAddress})
			require.NoError(t, err)
			require.NoError(t, f.followEmail().Confirm(t.Context(), app.EmailProof{Token: f.proof(t).Link.String()}))
			mail, err := f.mails().Changed(t.Context(), f.newest(t, "email_change"))
			require.NoError(t, err)

			thief, err := f.bySignIn(t, device)
			require.NoError(t, err)
			_, enrolled := f.withApp(t, thief)
			stepped := f.steppedUp(t, enrolled.Opened, app.FactorProof{RecoveryCode: mine.RecoveryCodes[1]})
			if made {
				_, err = f.keep.RecoveryCodes(t.Context(), holder(stepped))
				require.NoError(t, err)
			}
			undone, err := f.followEmail().Undo(t.Context(), mail.Link.String())
			require.NoError(t, err)
			require.EqualValues(t, 1, undone.FactorsRemoved)
			factors, left, err := f.keep.List(t.Context(), s.UserID, id.ID{}, 5)
			require.NoError(t, err)
			require.Len(t, factors, 1)
			require.Equal(t, domain.Passkey, factors[0].Kind)
			require.Equal(t, want, left)
		}
	})
}
