package domain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestLookAlikesAreOneSlipAway(t *testing.T) { // R102
	t.Parallel()
	near := domain.LookAlikes("marie.roy@example.com")
	for name, key := range map[string]string{
		"a letter more": "marrie.roy@example.com", "a letter less": "mare.roy@example.com",
		"another letter": "maria.roy@example.com", "two swapped": "maire.roy@example.com", "one at the end": "marie.roys@example.com",
	} {
		require.Contains(t, near, key, name)
	}
	for name, key := range map[string]string{
		"itself": "marie.roy@example.com", "two slips": "maria.ray@example.com", "another domain": "mare.roy@example.org",
	} {
		require.NotContains(t, near, key, name)
	}
	require.Len(t, slices.Compact(slices.Clone(near)), len(near))
	require.Empty(t, domain.LookAlikes("eva@example.com"), "short names are one slip from other names")
}

func TestMisspeltProvidersAreNamed(t *testing.T) { // R102
	t.Parallel()
	for typed, meant := range map[string]string{
		"gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmaill.com": "gmail.com", "gmail.con": "gmail.com",
		"hotmial.fr": "hotmail.fr", "orange.ft": "orange.fr", "gmail.cm": "gmail.com",
	} {
		got, ok := domain.MeantDomain(typed)
		require.True(t, ok, typed)
		require.Equal(t, meant, got, typed)
	}
	for _, fine := range []string{"gmail.com", "hotmail.fr", "live.com", "example.com", "mail.com", "", "g"} {
		_, ok := domain.MeantDomain(fine)
		require.False(t, ok, fine)
	}
}
