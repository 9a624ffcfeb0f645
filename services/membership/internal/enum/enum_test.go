package enum_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
)

func TestWordsAndNumbersAreEachOthersImage(t *testing.T) {
	t.Parallel()
	for n := range membershipv1.Role_name {
		require.Equal(t, membershipv1.Role(n), enum.Role(enum.RoleWord(membershipv1.Role(n))))
	}
	for n := range membershipv1.PartnerRole_name {
		require.Equal(t, membershipv1.PartnerRole(n), enum.PartnerRole(enum.PartnerRoleWord(membershipv1.PartnerRole(n))))
	}
	for n := range membershipv1.OrganizationKind_name {
		require.Equal(t, membershipv1.OrganizationKind(n), enum.Kind(enum.KindWord(membershipv1.OrganizationKind(n))))
	}
	for n := range membershipv1.InvitationState_name {
		require.Equal(t, membershipv1.InvitationState(n), enum.InvitationState(enum.InvitationStateWord(membershipv1.InvitationState(n))))
	}
}

func TestEveryWordHasItsNumber(t *testing.T) {
	t.Parallel()
	for _, role := range []domain.Role{domain.Owner, domain.Admin, domain.Member} {
		require.NotZero(t, enum.Role(role), role)
	}
	for _, role := range []domain.PartnerRole{domain.TechnicalSupport, domain.Accountant} {
		require.NotZero(t, enum.PartnerRole(role), role)
	}
	for _, kind := range []domain.OrganizationKind{domain.Partner, domain.Client, domain.Platform} {
		require.NotZero(t, enum.Kind(kind), kind)
	}
	for _, state := range []domain.OrganizationState{domain.Active, domain.Suspended} {
		require.NotZero(t, enum.OrganizationState(state), state)
	}
	for _, denial := range []domain.Denial{
		domain.NoAccess, domain.LevelTooLow, domain.SupportSessionRequired, domain.Excluded,
		domain.FeatureUnknown, domain.AccountSuspended,
	} {
		require.NotZero(t, enum.Denial(denial), denial)
	}
	for _, source := range []domain.Source{domain.FromMembership, domain.FromGrant} {
		require.NotZero(t, enum.Source(source), source)
	}
}
