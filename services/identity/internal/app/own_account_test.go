package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

func (b *bundle) changed(t *testing.T, from app.Opened) app.ChangedPassword {
	t.Helper()
	out, err := b.changePassword().Do(t.Context(), app.PasswordChange{
		SessionID: from.Session.ID, UserID: from.Session.UserID, Old: password, New: newPassword,
	})
	require.NoError(t, err)
	return out
}

func TestChangePassword(t *testing.T) {
	t.Parallel()

	t.Run("ends the other sessions, and this one goes on under a new token", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		other := b.registered(t, address)
		organization := id.New()
		mine := b.chosen(t, b.signedIn(t, address), organization)
		out := b.changed(t, mine)
		require.EqualValues(t, 1, out.Ended)
		requireOver(t, b.resolves(t, other))
		requireOver(t, b.resolves(t, mine))
		require.NoError(t, b.resolves(t, out.Opened))
		require.Equal(t, organization, out.Session.OrganizationID)
		require.Equal(t, mine.Session.ExpireTime, out.Session.ExpireTime, "no longer than before")
	})
	t.Run("asks for the old one, and counts as signing in", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		mine := b.registered(t, address)
		in := app.PasswordChange{SessionID: mine.Session.ID, UserID: mine.Session.UserID, Old: wrong, New: newPassword}
		for range 5 {
			_, err := b.changePassword().Do(t.Context(), in)
			requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		}
		_, err := b.changePassword().Do(t.Context(), in)
		requireWait(t, err)
		_, err = b.signIn.Do(t.Context(), typed(address, password))
		requireWait(t, err)
		require.NoError(t, b.resolves(t, mine))
	})
	t.Run("a weak one changes nothing", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		mine := b.registered(t, address)
		_, err := b.changePassword().Do(t.Context(), app.PasswordChange{
			SessionID: mine.Session.ID, UserID: mine.Session.UserID, Old: password, New: "camille martin 75",
		})
		requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)
		require.NoError(t, b.resolves(t, mine))
	})
}

// No password is made of the names of a person's organisations, whichever way it
// is set.
func TestNoPasswordIsMadeOfTheOrganisationsNames(t *testing.T) {
	t.Parallel()
	const firm, made = "Cabinet Vasseur & Filles", "vasseur filles cabinet 75"
	b := setup(t)
	invited := registration(t, address)
	invited.Password, invited.Proof.Names = made, []string{firm}
	_, err := b.register.Do(t.Context(), invited)
	requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)

	mine := b.registered(t, address)
	change := app.ChangePassword{DB: b.db, Clock: b.clock, Check: b.check, Own: b.ownPassword(firm)}
	in := app.PasswordChange{SessionID: mine.Session.ID, UserID: mine.Session.UserID, Old: password, New: made}
	_, err = change.Do(t.Context(), in)
	requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)
	reset := app.ResetPassword{DB: b.db, Clock: b.clock, Hasher: b.check.Hasher, Own: b.ownPassword(firm)}
	link := b.resetLink(t, address).Link.String()
	_, err = reset.Do(t.Context(), link, made)
	requireReason(t, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, err)
	_, err = b.resetPassword().Do(t.Context(), link, made)
	require.NoError(t, err, "to whoever has nothing to do with the firm it is as good as any")
}

// The second look holds for ten minutes, in the session that took it alone.
func TestStepUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.registered(t, address)
	second := b.steppedUp(t, first)
	requireOver(t, b.resolves(t, first))
	require.NoError(t, b.resolves(t, second))
	third := b.chosen(t, second, id.New())
	require.True(t, third.Session.SteppedUp(b.clock.Now()), "choosing an organisation keeps it")
	move := func(s app.Opened) error {
		_, err := b.startEmail().Do(t.Context(), app.Move{
			UserID: s.Session.UserID, SessionID: s.Session.ID, NewEmail: "autre@cabinet.fr",
		})
		return err
	}
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, move(b.signedIn(t, address)))
	require.NoError(t, move(third))
	b.clock.Advance(domain.StepUpLife)
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, move(third))
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	own := app.OwnSessions{DB: b.db, Clock: b.clock}
	b.registered(t, address)
	b.clock.Advance(time.Minute)
	in := typed(address, password)
	in.Origin = domain.Origin{
		Network: "192.0.2.0/24",
		Agent:   "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}
	mine, err := b.signIn.Do(t.Context(), in)
	require.NoError(t, err)
	user := mine.Session.UserID
	stranger := b.registered(t, "autre@cabinet.fr")

	list, err := own.List(t.Context(), user, postgres.Slice{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 2, "one's own alone, newest first")
	require.Equal(t, mine.Session.ID, list[0].ID)
	require.Equal(t, "Firefox, Windows", list[0].Device)
	require.Equal(t, "192.0.2.0/24", list[0].Network)
	next, err := own.List(t.Context(), user, postgres.Slice{AfterTime: list[0].CreateTime, AfterID: list[0].ID, Limit: 10})
	require.NoError(t, err)
	require.Equal(t, list[1:], next)

	require.NoError(t, own.Revoke(t.Context(), user, list[1].ID))
	require.NoError(t, own.Revoke(t.Context(), user, list[1].ID), "again changes nothing")
	list, err = own.List(t.Context(), user, postgres.Slice{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, own.Revoke(t.Context(), user, stranger.Session.ID))
	require.NoError(t, b.resolves(t, stranger))

	b.signedIn(t, address)
	b.signedIn(t, address)
	ended, err := own.RevokeOthers(t.Context(), user, mine.Session.ID)
	require.NoError(t, err)
	require.EqualValues(t, 2, ended)
	_, err = b.resolve.Do(t.Context(), mine.Token.String(), in.Origin)
	require.NoError(t, err)
}

func TestUpdateMe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := b.registered(t, address).Session.UserID
	update := func(in app.Profile) (domain.User, error) {
		return pg.InApp(t.Context(), b.db, func(ctx context.Context, tx pg.Tx) (domain.User, error) { return app.UpdateMe(ctx, tx, in) })
	}
	english, french := "en", "fr"
	before, err := update(app.Profile{UserID: user})
	require.NoError(t, err)
	after, err := update(app.Profile{UserID: user, Locale: &english, ETag: before.ETag()})
	require.NoError(t, err)
	require.Equal(t, "en", after.Locale)
	require.NotEqual(t, before.ETag(), after.ETag())
	_, err = update(app.Profile{UserID: user, Locale: &english})
	require.NoError(t, err)
	told := 0
	for _, subject := range b.subjects(t) {
		if subject == "aval.identity.v1.user.locale_changed" {
			told++
		}
	}
	require.Equal(t, 1, told, "a change is told, and only a change")
	_, err = update(app.Profile{UserID: user, Locale: &french, ETag: before.ETag()})
	requireReason(t, reasonv1.Reason_REASON_ETAG_MISMATCH, err)
	_, err = update(app.Profile{UserID: id.New()})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
}
