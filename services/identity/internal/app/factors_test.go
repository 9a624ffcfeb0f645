package app_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/passkey"
	"github.com/aval-access/aval/services/identity/internal/totp"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/testsize"
)

const origin = "https://aval.test"

// factors are the use cases of second factors, on a bundle.
type factors struct {
	*bundle
	prove app.ProveFactor
	keep  app.KeepFactors
}

func withFactors(t *testing.T) factors {
	t.Helper()
	b := setup(t)
	peppers, err := credential.ParsePeppers(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k1", 20))))
	require.NoError(t, err)
	vault, err := credential.NewVault(peppers, "aval/totp/v1")
	require.NoError(t, err)
	party, err := passkey.New(origin)
	require.NoError(t, err)
	return factors{
		bundle: b,
		prove:  app.ProveFactor{DB: b.db, Clock: b.clock, Check: b.check, Vault: vault, Party: party},
		keep:   app.KeepFactors{DB: b.db, Clock: b.clock},
	}
}

func holder(o app.Opened) app.Holder {
	return app.Holder{SessionID: o.Session.ID, UserID: o.Session.UserID}
}

// phone is an authenticator app.
type phone struct {
	factor id.ID
	secret []byte
}

// code is the app's at the bundle's time, some steps off.
func (f factors) code(t *testing.T, p phone, off int64) string {
	t.Helper()
	code, err := totp.Code(p.secret, totp.Step(f.clock.Now())+off)
	require.NoError(t, err)
	return code
}

// withApp enrols an app in a session.
func (f factors) withApp(t *testing.T, o app.Opened) (phone, app.Enrolled) {
	t.Helper()
	started, err := app.StartTotp{Prove: f.prove}.Do(t.Context(), holder(o))
	require.NoError(t, err)
	secret, err := totp.Parse(started.Secret)
	require.NoError(t, err)
	p := phone{factor: started.FactorID, secret: secret}
	out, err := app.ConfirmTotp{Prove: f.prove}.Do(t.Context(), app.FirstCode{
		Holder: holder(o), FactorID: p.factor, Code: f.code(t, p, 0), Name: "Téléphone",
	})
	require.NoError(t, err)
	return p, out
}

func (f factors) verify(t *testing.T, o app.Opened, p app.FactorProof) (app.Opened, error) {
	t.Helper()
	return app.VerifyFactor{Prove: f.prove}.Do(t.Context(), app.Proving{Holder: holder(o), Proof: p})
}

func (f factors) steppedUp(t *testing.T, o app.Opened, p app.FactorProof) app.Opened {
	t.Helper()
	opened, err := app.StepUpByFactor{Prove: f.prove}.Do(t.Context(), app.Proving{Holder: holder(o), Proof: p})
	require.NoError(t, err)
	return opened
}

func TestAnAppIsEnrolledByItsFirstCode(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	first := f.registered(t, address)
	_, out := f.withApp(t, first)

	requireOver(t, f.resolves(t, first))
	require.NoError(t, f.resolves(t, out.Opened), "the session goes on under a new token")
	require.Equal(t, []string{"pwd", "otp", "mfa"}, out.Session.AMR)
	require.Len(t, out.RecoveryCodes, domain.RecoveryCodes)
	require.Contains(t, f.subjects(t), "aval.identity.v1.user.factor_added")

	_, err := app.StartTotp{Prove: f.prove}.Do(t.Context(), holder(out.Opened))
	requireReason(t, reasonv1.Reason_REASON_FACTOR_EXISTS, err)
}

func TestAWrongFirstCodeEnrolsNothing(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	o := f.registered(t, address)
	started, err := app.StartTotp{Prove: f.prove}.Do(t.Context(), holder(o))
	require.NoError(t, err)
	in := app.FirstCode{Holder: holder(o), FactorID: started.FactorID, Code: "000000"}
	_, err = app.ConfirmTotp{Prove: f.prove}.Do(t.Context(), in)
	requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
	again := f.signedIn(t, address)
	require.Empty(t, again.Session.FactorsDue)

	f.clock.Advance(domain.TotpEnrolment + time.Second)
	in.Holder = holder(f.signedIn(t, address))
	_, err = app.ConfirmTotp{Prove: f.prove}.Do(t.Context(), in)
	requireReason(t, reasonv1.Reason_REASON_CHALLENGE_EXPIRED, err)
}

func TestAfterThePasswordTheFactorIsOwed(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	p, _ := f.withApp(t, f.registered(t, address))
	half := f.signedIn(t, address)
	require.Equal(t, []domain.FactorKind{domain.Totp, domain.RecoveryCode}, half.Session.FactorsDue)
	require.Empty(t, half.DeviceToken, "half a proof makes no browser known")

	resolved, err := f.resolve.Do(t.Context(), half.Token.String(), domain.Origin{})
	require.NoError(t, err)
	person, err := f.verifier.Verify(t.Context(), resolved.Token.Text)
	require.NoError(t, err)
	require.True(t, person.FactorDue)
	_, err = f.rotate.Do(t.Context(), app.Selection{SessionID: half.Session.ID, UserID: half.Session.UserID, OrganizationID: id.New()})
	requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)

	f.clock.Advance(time.Minute)
	whole, err := f.verify(t, half, app.FactorProof{Code: f.code(t, p, 0)})
	require.NoError(t, err)
	requireOver(t, f.resolves(t, half))
	require.Empty(t, whole.Session.FactorsDue)
	require.NotEmpty(t, whole.DeviceToken)
	f.chosen(t, whole, id.New())
}

// T-13: a code works once, whichever step it belongs to.
func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	p, _ := f.withApp(t, f.registered(t, address))
	_, err := f.verify(t, f.signedIn(t, address), app.FactorProof{Code: f.code(t, p, 0)})
	requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)

	f.clock.Advance(time.Minute)
	_, err = f.verify(t, f.signedIn(t, address), app.FactorProof{Code: f.code(t, p, 1)})
	require.NoError(t, err, "a phone's clock may be a step ahead")
	half := f.signedIn(t, address)
	for _, off := range []int64{-1, 0, 1, 2} {
		_, err = f.verify(t, half, app.FactorProof{Code: f.code(t, p, off)})
		requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
	}
	f.clock.Advance(2 * time.Hour) // the tries are forgotten
	_, err = f.verify(t, f.signedIn(t, address), app.FactorProof{Code: f.code(t, p, -1)})
	require.NoError(t, err)
}

// T-13: of a hundred uses at once one counts, of a recovery code and of an app's.
func TestACodeWorksOnceAmongAHundred(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	f.signIn.Check = checker(t, f.bundle, unlimited())
	f.prove.Check = f.signIn.Check
	p, enrolled := f.withApp(t, f.registered(t, address))
	races := testsize.Of(t, 1, domain.RecoveryCodes)
	for race := range races {
		f.wonOnce(t, app.FactorProof{RecoveryCode: enrolled.RecoveryCodes[race]})
		f.clock.Advance(time.Minute)
		f.wonOnce(t, app.FactorProof{Code: f.code(t, p, 0)})
	}
	_, left, err := f.keep.List(t.Context(), enrolled.Session.UserID, id.ID{}, 5)
	require.NoError(t, err)
	require.EqualValues(t, domain.RecoveryCodes-races, left)
	require.Contains(t, f.subjects(t), "aval.identity.v1.user.recovery_code_used")
}

// wonOnce proves the same thing a hundred times at once, from all the sessions
// that a person may have.
func (f factors) wonOnce(t *testing.T, proof app.FactorProof) {
	t.Helper()
	var sessions []app.Opened
	for range domain.MaxParallel - 1 {
		sessions = append(sessions, f.signedIn(t, address))
	}
	results := make([]error, 100)
	var all sync.WaitGroup
	for n := range results {
		all.Go(func() { _, results[n] = f.verify(t, sessions[n%len(sessions)], proof) })
	}
	all.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
			continue
		}
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_FACTOR_REFUSED) || fault.Is(err, reasonv1.Reason_REASON_SESSION_EXPIRED), "%v", err)
	}
	require.Equal(t, 1, won)
}

func TestRecoveryCodesAreReplacedTogether(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	_, enrolled := f.withApp(t, f.registered(t, address))
	_, err := f.keep.RecoveryCodes(t.Context(), holder(enrolled.Opened))
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, err)

	o := f.steppedUp(t, enrolled.Opened, app.FactorProof{RecoveryCode: enrolled.RecoveryCodes[0]})
	fresh, err := f.keep.RecoveryCodes(t.Context(), holder(o))
	require.NoError(t, err)
	_, err = f.verify(t, o, app.FactorProof{RecoveryCode: enrolled.RecoveryCodes[1]})
	requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
	_, err = f.verify(t, o, app.FactorProof{RecoveryCode: fresh[1]})
	require.NoError(t, err)
}

// T-22: codes are counted together with passwords.
func TestCodesAndPasswordsShareOneCount(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	p, _ := f.withApp(t, f.registered(t, address))
	half := f.signedIn(t, address) // the first try
	for range 4 {
		_, err := f.verify(t, half, app.FactorProof{Code: "000000"})
		requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
	}
	_, err := f.verify(t, half, app.FactorProof{Code: f.code(t, p, 1)})
	requireReason(t, reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, err)
	_, err = f.signIn.Do(t.Context(), typed(address, password))
	requireReason(t, reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, err)
}

func TestRemovingAFactorNeedsAStepUp(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	p, enrolled := f.withApp(t, f.registered(t, address))
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, f.keep.Remove(t.Context(), holder(enrolled.Opened), p.factor))

	f.clock.Advance(time.Minute)
	o := f.steppedUp(t, enrolled.Opened, app.FactorProof{Code: f.code(t, p, 0)})
	stranger := f.registered(t, "autre@cabinet.fr")
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, f.keep.Remove(t.Context(), holder(o), id.New()))
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, f.keep.Remove(t.Context(), holder(stranger), p.factor))
	require.NoError(t, f.keep.Remove(t.Context(), holder(o), p.factor))
	require.Empty(t, f.signedIn(t, address).Session.FactorsDue)
	_, left, err := f.keep.List(t.Context(), o.Session.UserID, id.ID{}, 5)
	require.NoError(t, err)
	require.Zero(t, left, "recovery codes stand in for nothing any more")
	require.Contains(t, f.subjects(t), "aval.identity.v1.user.factor_removed")
}

func TestAddingAFactorNeedsAProofOfTheLastTenMinutes(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	o := f.chosen(t, f.registered(t, address), id.New())
	f.clock.Advance(domain.StepUpLife)
	_, err := app.StartTotp{Prove: f.prove}.Do(t.Context(), holder(o))
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, err)
	_, err = app.StartPasskey{Prove: f.prove}.Do(t.Context(), holder(o))
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, err)
}

func TestAStepUpWithARecoveryCodeCounts(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	_, enrolled := f.withApp(t, f.registered(t, address))
	o := f.steppedUp(t, enrolled.Opened, app.FactorProof{RecoveryCode: enrolled.RecoveryCodes[9]})
	require.True(t, o.Session.SteppedUp(f.clock.Now()))
	require.Equal(t, enrolled.Session.AuthTime, o.Session.AuthTime)
	requireOver(t, f.resolves(t, enrolled.Opened))
}

// A partner's administrators act with two factors or not at all.
func TestPolicyOfFactors(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	plain := f.registered(t, address)
	there := app.Selection{SessionID: plain.Session.ID, UserID: plain.Session.UserID, OrganizationID: id.New(), NeedsFactor: true}
	_, err := f.rotate.Do(t.Context(), there)
	requireReason(t, reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED, err)
	require.NoError(t, f.resolves(t, plain), "the session waits")
	_, enrolled := f.withApp(t, plain)
	there.SessionID = enrolled.Session.ID
	_, err = f.rotate.Do(t.Context(), there)
	require.NoError(t, err)

	for _, c := range []struct {
		policy        domain.FactorPolicy
		administrator bool
		asks          bool
	}{
		{domain.PartnerAdministrators, true, true},
		{domain.PartnerAdministrators, false, false},
		{domain.NoFactors, true, false},
		{domain.NoFactors, false, false},
	} {
		require.Equal(t, c.asks, c.policy.Asks(c.administrator), c)
	}
}

func TestTheOperatorResetsFactors(t *testing.T) {
	t.Parallel()
	f := withFactors(t)
	_, enrolled := f.withApp(t, f.registered(t, address))
	reset := app.ResetFactors{DB: f.db, Clock: f.clock}
	removed, err := reset.Do(t.Context(), enrolled.Session.UserID)
	require.NoError(t, err)
	require.EqualValues(t, 1, removed)
	requireOver(t, f.resolves(t, enrolled.Opened))
	require.Empty(t, f.signedIn(t, address).Session.FactorsDue)
	require.Contains(t, f.subjects(t), "aval.identity.v1.user.factors_reset")
	_, err = reset.Do(t.Context(), id.New())
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
}

func TestKindsHaveTheirWordsInTheContract(t *testing.T) {
	t.Parallel()
	for _, kind := range []domain.FactorKind{domain.Totp, domain.Passkey, domain.RecoveryCode} {
		require.NotEqual(t, identityv1.FactorKind_FACTOR_KIND_UNSPECIFIED, app.KindToProto(kind))
	}
}
