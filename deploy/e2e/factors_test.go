package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/passkeytest"
)

// app is an authenticator app, with the recovery codes that came with it.
type app struct {
	secret string
	codes  []string
}

// code is what the app shows now, or some half minutes later.
func (a app) code(t *testing.T, later int) string {
	t.Helper()
	code, err := totp.GenerateCode(a.secret, time.Now().Add(time.Duration(later)*30*time.Second))
	require.NoError(t, err)
	return code
}

// enrolApp gives a signed-in person an authenticator app.
func enrolApp(t *testing.T, s driver.Session) app {
	t.Helper()
	factors := identityv1.NewFactorServiceClient(s)
	started, err := factors.StartTotp(t.Context(), &identityv1.StartTotpRequest{})
	require.NoError(t, err)
	out := app{secret: started.GetSecret()}
	confirmed, err := factors.ConfirmTotp(t.Context(), &identityv1.ConfirmTotpRequest{
		FactorId: started.GetFactorId(), Code: out.code(t, 0), Name: "Téléphone",
	})
	require.NoError(t, err)
	require.Len(t, confirmed.GetRecoveryCodes(), 10)
	out.codes = confirmed.GetRecoveryCodes()
	return out
}

func enrolPasskey(t *testing.T, s driver.Session, d *passkeytest.Device) {
	t.Helper()
	factors := identityv1.NewFactorServiceClient(s)
	asked, err := factors.StartPasskey(t.Context(), &identityv1.StartPasskeyRequest{})
	require.NoError(t, err)
	_, err = factors.AddPasskey(t.Context(), &identityv1.AddPasskeyRequest{Answer: &identityv1.PasskeyAnswer{
		ChallengeId: asked.GetChallenge().GetId(), CredentialJson: d.Create(t, asked.GetChallenge().GetOptionsJson()),
	}})
	require.NoError(t, err)
}

func byCode(code string) *identityv1.FactorProof {
	return &identityv1.FactorProof{Proof: &identityv1.FactorProof_TotpCode{TotpCode: code}}
}

func byRecoveryCode(code string) *identityv1.FactorProof {
	return &identityv1.FactorProof{Proof: &identityv1.FactorProof_RecoveryCode{RecoveryCode: code}}
}

// halfSignedIn types the password alone.
func (b bundle) halfSignedIn(t *testing.T, p journey.Person) (driver.Session, *identityv1.Session) {
	t.Helper()
	s := b.Transport.Session("fr")
	answer, err := identityv1.NewAuthServiceClient(s).SignIn(t.Context(), &identityv1.SignInRequest{Email: p.Email, Password: p.Password})
	require.NoError(t, err)
	return s, answer.GetSession()
}

// R108, T-13: whoever has a factor proves it before anything else, and a code
// works once.
func TestAFactorIsProvenAfterThePassword(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		phone := enrolApp(t, o.Owner.Session)
		_, err := b.ReadMail(t.Context(), o.Owner.Email, "Un second facteur a été ajouté à votre compte")
		require.NoError(t, err)

		half, session := b.halfSignedIn(t, o.Owner)
		require.Equal(t, []identityv1.FactorKind{
			identityv1.FactorKind_FACTOR_KIND_TOTP, identityv1.FactorKind_FACTOR_KIND_RECOVERY_CODE,
		}, session.GetFactorsDue())
		_, err = identityv1.NewAuthServiceClient(half).SelectContext(t.Context(), &identityv1.SelectContextRequest{OrganizationId: o.ID})
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
		_, err = membershipv1.NewMemberServiceClient(half).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
		_, err = identityv1.NewAccountServiceClient(half).ConfirmIdentity(t.Context(), &identityv1.ConfirmIdentityRequest{Password: o.Owner.Password})
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
		_, err = identityv1.NewFactorServiceClient(half).ListMyFactors(t.Context(), &identityv1.ListMyFactorsRequest{})
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)

		verify := identityv1.NewSecondFactorServiceClient(half)
		code := phone.code(t, 1)
		_, err = verify.VerifyFactor(t.Context(), &identityv1.VerifyFactorRequest{Proof: byCode(code)})
		require.NoError(t, err)
		_, err = identityv1.NewAuthServiceClient(half).SelectContext(t.Context(), &identityv1.SelectContextRequest{OrganizationId: o.ID})
		require.NoError(t, err)
		again, _ := b.halfSignedIn(t, o.Owner)
		_, err = identityv1.NewSecondFactorServiceClient(again).VerifyFactor(t.Context(), &identityv1.VerifyFactorRequest{Proof: byCode(code)})
		requireReason(t, reasonv1.Reason_REASON_FACTOR_REFUSED, err)
		_, err = identityv1.NewSecondFactorServiceClient(again).VerifyFactor(t.Context(), &identityv1.VerifyFactorRequest{Proof: byRecoveryCode(phone.codes[0])})
		require.NoError(t, err)
		_, err = b.ReadMail(t.Context(), o.Owner.Email, "Un code de secours a servi à entrer dans votre compte")
		require.NoError(t, err)
	})
}

func TestRemovingAFactorAsksForAStepUp(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		phone := enrolApp(t, o.Owner.Session)
		factors := identityv1.NewFactorServiceClient(o.Owner.Session)
		mine, err := factors.ListMyFactors(t.Context(), &identityv1.ListMyFactorsRequest{})
		require.NoError(t, err)
		require.Len(t, mine.GetFactors(), 1)
		remove := &identityv1.RemoveMyFactorRequest{FactorId: mine.GetFactors()[0].GetId()}
		_, err = factors.RemoveMyFactor(t.Context(), remove)
		requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, err)
		_, err = identityv1.NewAccountServiceClient(o.Owner).ConfirmIdentity(t.Context(), &identityv1.ConfirmIdentityRequest{Password: o.Owner.Password})
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
		_, err = identityv1.NewSecondFactorServiceClient(o.Owner.Session).StepUp(t.Context(), &identityv1.StepUpRequest{Proof: byCode(phone.code(t, 1))})
		require.NoError(t, err)
		_, err = factors.RemoveMyFactor(t.Context(), remove)
		require.NoError(t, err)
		_, session := b.halfSignedIn(t, o.Owner)
		require.Empty(t, session.GetFactorsDue())
		_, err = b.ReadMail(t.Context(), o.Owner.Email, "Un second facteur a été retiré de votre compte")
		require.NoError(t, err)
	})
}

func TestAPasskeySignsInWithoutAPassword(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, device := b.client(t), passkeytest.New(t, shared.stack.URL())
		enrolPasskey(t, o.Owner.Session, device)
		s := b.Transport.Session("fr")
		door := identityv1.NewSecondFactorServiceClient(s)
		asked, err := door.GetPasskeyOptions(t.Context(), &identityv1.GetPasskeyOptionsRequest{})
		require.NoError(t, err)
		answer := &identityv1.PasskeyAnswer{
			ChallengeId: asked.GetChallenge().GetId(), CredentialJson: device.Get(t, asked.GetChallenge().GetOptionsJson()),
		}
		opened, err := door.SignInWithPasskey(t.Context(), &identityv1.SignInWithPasskeyRequest{Answer: answer})
		require.NoError(t, err)
		require.Empty(t, opened.GetSession().GetFactorsDue())
		_, err = identityv1.NewAuthServiceClient(s).SelectContext(t.Context(), &identityv1.SelectContextRequest{OrganizationId: o.ID})
		require.NoError(t, err)
		_, err = identityv1.NewSecondFactorServiceClient(b.Transport.Session("fr")).SignInWithPasskey(t.Context(),
			&identityv1.SignInWithPasskeyRequest{Answer: answer})
		requireReason(t, reasonv1.Reason_REASON_CHALLENGE_EXPIRED, err)
	})
}

// C1: a link alone gives nothing of an approver who has a second factor; their
// own session says SESSION_MFA.
func TestAnApproverWithAFactorAnswersSignedIn(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		enrolApp(t, a.client.Owner.Session)
		_, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)

		consents := consentv1.NewConsentServiceClient(a.client.Owner.Session)
		seen, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: a.token})
		require.NoError(t, err)
		given, err := consents.ApproveConsent(t.Context(), &consentv1.ApproveConsentRequest{
			ConsentId: seen.GetConsent().GetId(), Answer: journey.Yes(seen.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK),
		})
		require.NoError(t, err)
		require.Equal(t, consentv1.Assurance_ASSURANCE_SESSION_MFA, given.GetConsent().GetAssurance())
	})
}

// The operator alone removes factors for somebody who lost them.
func TestTheOperatorResetsFactors(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	o := b.client(t)
	enrolApp(t, o.Owner.Session)
	request := &identityv1.ResetFactorsRequest{UserId: o.Owner.UserID, Reason: "lost"}
	_, err := identityv1.NewFactorServiceClient(o.Owner.Session).ResetFactors(t.Context(), request)
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	_, err = identityv1.NewFactorServiceClient(b.Operator["identity"]).ResetFactors(t.Context(), request)
	require.NoError(t, err)
	_, session := b.halfSignedIn(t, o.Owner)
	require.Empty(t, session.GetFactorsDue())
}

// A deployment's own policies: a partner's administrator does not act, and
// nobody enters an account, without a second factor; accepting needs none.
func TestPoliciesOfFactors(t *testing.T) {
	t.Parallel()
	b := ownHouse(t, stack.Options{Factors: true})
	w, s := b.World, b.stack

	owner := person("owner")
	founded, err := w.FoundOrganization(t.Context(), &membershipv1.CreateOrganizationRequest{
		Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, Locale: "fr", Level1Support: true,
		OwnerEmail: owner.Email, OwnerGivenName: owner.GivenName, OwnerFamilyName: owner.FamilyName,
		Identification: &membershipv1.Identification{
			LegalName: "Cabinet", RegistrationNumber: "000 000 009", PostalAddress: "9 rue des Exemples\n75009 Paris",
			ContactEmail: "contact" + owner.Email[strings.Index(owner.Email, "@"):], ContactPhone: "01 99 00 00 09",
		},
	})
	requireReason(t, reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED, err)
	enrolApp(t, founded.Owner.Session)
	require.NoError(t, founded.Owner.Enter(t.Context(), founded.ID), "the invitation was accepted without a factor")

	helper, _, err := w.AddCollaborator(t.Context(), founded, person("karim"))
	require.NoError(t, err, "a collaborator who administers nothing acts without one")
	enter := &partnersupportv1.EnterDossierRequest{
		PartnerId: founded.ID, DossierId: "dos_01jd0000000000000000000004", Reason: "ticket",
	}
	dossiers := partnersupportv1.NewDossierServiceClient(helper.Session)
	_, err = dossiers.EnterDossier(t.Context(), enter)
	requireReason(t, reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED, err)
	enrolPasskey(t, helper.Session, passkeytest.New(t, s.URL()))
	_, err = dossiers.EnterDossier(t.Context(), enter)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
}
