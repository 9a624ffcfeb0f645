package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

func TestRecoveryCodesAreReadHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	user := id.New()
	code := domain.RecoveryCodeText([domain.RecoveryLen]byte{1, 2, 3, 255, 128})
	require.Regexp(t, `^([0-9a-z]{4}-){5}[0-9a-z]{4}$`, code)
	want, ok := domain.HashRecoveryCode(user, code)
	require.True(t, ok)
	for _, typed := range []string{
		strings.ToUpper(code), strings.ReplaceAll(code, "-", ""), strings.ReplaceAll(code, "-", " "),
		" " + code + " ", strings.ReplaceAll(code, "0", "O"),
	} {
		got, ok := domain.HashRecoveryCode(user, typed)
		require.True(t, ok, typed)
		require.Equal(t, want, got, typed)
	}
	other, _ := domain.HashRecoveryCode(id.New(), code)
	require.NotEqual(t, want, other, "another person's is another")
	for _, typed := range []string{"", code[:28], code + "0", strings.Replace(code, "-", "*", 1), "é" + code[1:]} {
		_, ok := domain.HashRecoveryCode(user, typed)
		require.False(t, ok, typed)
	}
}

func TestASessionOwesUntilAFactorIsProven(t *testing.T) {
	t.Parallel()
	kinds := []domain.FactorKind{domain.Totp}
	s := signedIn()
	require.Empty(t, s.Owes(nil).FactorsDue)
	require.Equal(t, kinds, s.Owes(kinds).FactorsDue)
	proven := s.Owes(kinds).Prove(id.New(), domain.MethodsOf(domain.Totp), start())
	require.Empty(t, proven.Owes(kinds).FactorsDue)
	require.Equal(t, []string{"pwd", "otp", "mfa"}, proven.AMR)
	require.Equal(t, proven.AMR, proven.Prove(id.New(), domain.MethodsOf(domain.Totp), start()).AMR, "nothing is said twice")
	require.Equal(t, []string{"pwd"}, s.AMR, "the old session stays as it was")
}
