package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R112 R113: somebody leaves whose mailbox is the employer's. They keep who they
// are and their other companies, and move to an address of their own. Whoever
// reads the old mailbox may take that back and set a password, and comes into
// none of the other companies: the factor enrolled before stays the leaver's.
func TestALeaverWhoseMailboxIsTheEmployers(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		employer, other := b.client(t), b.client(t)
		p, m := b.hired(t, employer, nil)
		_, err := membershipv1.NewInvitationServiceClient(p).AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{
			InvitationId: b.invite(t, other, p).GetId(),
		})
		require.NoError(t, err)
		phone := enrolApp(t, p.Session)
		_, err = membershipv1.NewMemberServiceClient(employer.Owner).RemoveMember(t.Context(), &membershipv1.RemoveMemberRequest{
			OrganizationId: employer.ID, MemberId: m.GetId(),
		})
		require.NoError(t, err)

		p.Session, _ = b.halfSignedIn(t, p)
		_, err = identityv1.NewSecondFactorServiceClient(p).VerifyFactor(t.Context(), &identityv1.VerifyFactorRequest{Proof: byCode(phone.code(t, 1))})
		require.NoError(t, err)
		require.Equal(t, []string{other.ID}, placesOf(t, p))
		b.movesTo(t, p, unique("own")+"@own.example", phone.codes[0])
		require.NotNil(t, b.memberOf(t, other, p.UserID), "the identity is the same")

		back := b.linkIn(t, p.Email, "adresse a", "/undo-email/")
		anyone := identityv1.NewEmailChangeServiceClient(b.Transport.Session("fr"))
		undone, err := anyone.UndoEmailChange(t.Context(), &identityv1.UndoEmailChangeRequest{Token: back})
		require.NoError(t, err)
		require.Zero(t, undone.GetFactorsRemoved())
		p.Password = journey.NewPassword()
		_, err = b.stranger().ResetPassword(t.Context(), &identityv1.ResetPasswordRequest{Token: undone.GetResetToken(), NewPassword: p.Password})
		require.NoError(t, err)
		reader, session := b.halfSignedIn(t, p)
		require.NotEmpty(t, session.GetFactorsDue())
		requireKeptOut(t, reader, other)
	})
}

// movesTo moves a person to another address, the second look by a recovery code.
func (b bundle) movesTo(t *testing.T, p journey.Person, address, code string) {
	t.Helper()
	_, err := identityv1.NewSecondFactorServiceClient(p).StepUp(t.Context(), &identityv1.StepUpRequest{Proof: byRecoveryCode(code)})
	require.NoError(t, err)
	_, err = identityv1.NewEmailChangeServiceClient(p).StartEmailChange(t.Context(), &identityv1.StartEmailChangeRequest{NewEmail: address})
	require.NoError(t, err)
	link := b.linkIn(t, address, "adresse", "/confirm-email/")
	_, err = identityv1.NewEmailChangeServiceClient(b.Transport.Session("fr")).
		ConfirmEmailChange(t.Context(), &identityv1.ConfirmEmailChangeRequest{Token: link})
	require.NoError(t, err)
}

func requireKeptOut(t *testing.T, s driver.Session, o journey.Organization) {
	t.Helper()
	_, err := identityv1.NewAuthServiceClient(s).SelectContext(t.Context(), &identityv1.SelectContextRequest{OrganizationId: o.ID})
	requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
	_, err = identityv1.NewFactorServiceClient(s).RegenerateRecoveryCodes(t.Context(), &identityv1.RegenerateRecoveryCodesRequest{})
	requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
	_, err = identityv1.NewEmailChangeServiceClient(s).StartEmailChange(t.Context(), &identityv1.StartEmailChangeRequest{NewEmail: "x@own.example"})
	requireReason(t, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED, err)
}
