package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/passkeytest"
)

func TestPasskeys(t *testing.T) {
	t.Parallel()

	t.Run("a passkey signs in by itself, as two factors", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		device := passkeytest.New(t, origin)
		f.withPasskey(t, f.registered(t, address), device)
		opened, err := f.bySignIn(t, device)
		require.NoError(t, err)
		require.Equal(t, []string{"hwk", "user", "mfa"}, opened.Session.AMR)
		require.Empty(t, opened.Session.FactorsDue)
		require.NotEmpty(t, opened.DeviceToken)
		f.chosen(t, opened, id.New())
	})
	t.Run("a passkey is a second factor after the password", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		device := passkeytest.New(t, origin)
		f.withPasskey(t, f.registered(t, address), device)
		half := f.signedIn(t, address)
		require.Equal(t, []domain.FactorKind{domain.Passkey, domain.RecoveryCode}, half.Session.FactorsDue)
		whole, err := f.byPasskey(t, half, device)
		require.NoError(t, err)
		require.Equal(t, []string{"pwd", "hwk", "user", "mfa"}, whole.Session.AMR)
	})
	t.Run("an answer counts once, and within 5 minutes", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		device := passkeytest.New(t, origin)
		f.withPasskey(t, f.registered(t, address), device)
		asked, err := app.AskPasskey{Prove: f.prove}.Do(t.Context(), id.ID{})
		require.NoError(t, err)
		answer := app.PasskeyAnswer{ChallengeID: asked.ID, Answer: []byte(device.Get(t, string(asked.Options)))}
		signIn := app.SignInWithPasskey{Prove: f.prove}
		_, err = signIn.Do(t.Context(), answer, domain.Origin{})
		require.NoError(t, err)
		_, err = signIn.Do(t.Context(), answer, domain.Origin{})
		requireReason(t, reasonv1.Reason_REASON_CHALLENGE_EXPIRED, err)

		asked, err = app.AskPasskey{Prove: f.prove}.Do(t.Context(), id.ID{})
		require.NoError(t, err)
		f.clock.Advance(domain.ChallengeLife)
		answer = app.PasskeyAnswer{ChallengeID: asked.ID, Answer: []byte(device.Get(t, string(asked.Options)))}
		_, err = signIn.Do(t.Context(), answer, domain.Origin{})
		requireReason(t, reasonv1.Reason_REASON_CHALLENGE_EXPIRED, err)
	})
	for name, spoil := range map[string]func(*passkeytest.Device){
		"of another origin":                func(d *passkeytest.Device) { d.Origin = "https://aval.test.example" },
		"of a device that nobody unlocked": func(d *passkeytest.Device) { d.Unverified = true },
		"of a copy":                        func(d *passkeytest.Device) { d.Count = 0 },
	} {
		t.Run("an answer is refused "+name, func(t *testing.T) {
			t.Parallel()
			f := withFactors(t)
			device := passkeytest.New(t, origin)
			f.withPasskey(t, f.registered(t, address), device)
			_, err := f.bySignIn(t, device)
			require.NoError(t, err)
			spoil(device)
			_, err = f.bySignIn(t, device)
			requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
		})
	}
	t.Run("an unknown passkey, and one that was removed, are refused alike", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		device := passkeytest.New(t, origin)
		enrolled := f.withPasskey(t, f.registered(t, address), device)
		o := f.steppedUp(t, enrolled.Opened, app.FactorProof{RecoveryCode: enrolled.RecoveryCodes[0]})
		require.NoError(t, f.keep.Remove(t.Context(), holder(o), enrolled.Factor.ID))
		_, err := f.bySignIn(t, device)
		requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
		_, err = f.bySignIn(t, passkeytest.New(t, origin))
		requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
	})
	t.Run("somebody else's question is not answered", func(t *testing.T) {
		t.Parallel()
		f := withFactors(t)
		device := passkeytest.New(t, origin)
		f.withPasskey(t, f.registered(t, address), device)
		other := f.registered(t, "autre@cabinet.fr")
		f.withPasskey(t, other, passkeytest.New(t, origin))
		asked, err := app.AskPasskey{Prove: f.prove}.Do(t.Context(), other.Session.UserID)
		require.NoError(t, err)
		answer := &app.PasskeyAnswer{ChallengeID: asked.ID, Answer: []byte(device.Get(t, string(asked.Options)))}
		_, err = f.verify(t, f.signedIn(t, address), app.FactorProof{Passkey: answer})
		requireReason(t, reasonv1.Reason_REASON_CHALLENGE_EXPIRED, err)
	})
}

// withPasskey enrols a device in a session.
func (f factors) withPasskey(t *testing.T, o app.Opened, d *passkeytest.Device) app.Enrolled {
	t.Helper()
	asked, err := app.StartPasskey{Prove: f.prove}.Do(t.Context(), holder(o))
	require.NoError(t, err)
	out, err := app.AddPasskey{Prove: f.prove}.Do(t.Context(), app.NewPasskey{
		Holder: holder(o), Name: "Portable",
		PasskeyAnswer: app.PasskeyAnswer{ChallengeID: asked.ID, Answer: []byte(d.Create(t, string(asked.Options)))},
	})
	require.NoError(t, err)
	return out
}

func (f factors) bySignIn(t *testing.T, d *passkeytest.Device) (app.Opened, error) {
	t.Helper()
	asked, err := app.AskPasskey{Prove: f.prove}.Do(t.Context(), id.ID{})
	require.NoError(t, err)
	answer := app.PasskeyAnswer{ChallengeID: asked.ID, Answer: []byte(d.Get(t, string(asked.Options)))}
	return app.SignInWithPasskey{Prove: f.prove}.Do(t.Context(), answer, domain.Origin{})
}

func (f factors) byPasskey(t *testing.T, o app.Opened, d *passkeytest.Device) (app.Opened, error) {
	t.Helper()
	asked, err := app.AskPasskey{Prove: f.prove}.Do(t.Context(), o.Session.UserID)
	require.NoError(t, err)
	answer := &app.PasskeyAnswer{ChallengeID: asked.ID, Answer: []byte(d.Get(t, string(asked.Options)))}
	return f.verify(t, o, app.FactorProof{Passkey: answer})
}
