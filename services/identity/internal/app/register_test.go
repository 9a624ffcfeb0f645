package app_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
)

// R16, R17: typing the password is the acceptance: it makes the account and
// signs in, with no further step here.
func TestRegister(t *testing.T) {
	t.Parallel()

	t.Run("makes the person and signs them in", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.registered(t, "Camille.Martin@Cabinet.fr")
		require.True(t, opened.Session.OrganizationID.IsZero())
		resolved, err := b.resolve.Do(t.Context(), opened.Token.String(), domain.Origin{})
		require.NoError(t, err)
		require.Equal(t, "Camille.Martin@cabinet.fr", resolved.User.Email, "mail goes to the address as typed")
		require.Equal(t, "fr", resolved.User.Locale)
		require.Equal(t, []string{"aval.identity.v1.user.registered"}, b.subjects(t))
	})
	t.Run("the person's own language goes before the organisation's", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		in := registration(t, address)
		in.Locale = "en"
		opened, err := b.register.Do(t.Context(), in)
		require.NoError(t, err)
		resolved, err := b.resolve.Do(t.Context(), opened.Token.String(), domain.Origin{})
		require.NoError(t, err)
		require.Equal(t, "en", resolved.User.Locale)
	})
	t.Run("whoever has a password signs in instead, and it stays", func(t *testing.T) { // R96
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		in := registration(t, "CAMILLE.martin@cabinet.FR")
		in.Password = "une autre phrase bien longue"
		_, err := b.register.Do(t.Context(), in)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CREDENTIAL_EXISTS), "%v", err)
		b.signedIn(t, address)
		_, err = b.signIn.Do(t.Context(), typed(address, in.Password))
		require.Error(t, err)
	})
	t.Run("an alias is an account of its own", func(t *testing.T) { // R91, R92, R108
		t.Parallel()
		b := setup(t)
		first := b.registered(t, "camille@cabinet.fr")
		alias := b.registered(t, "camille+cabinet2@cabinet.fr")
		require.NotEqual(t, first.Session.UserID, alias.Session.UserID)
		require.Equal(t, alias.Session.UserID, b.signedIn(t, "camille+cabinet2@cabinet.fr").Session.UserID)
	})
	t.Run("a weak password makes nothing", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for weak, rule := range map[string]string{
			"court":                  "password.min_len",
			"camille.martin.cabinet": "password.context",
		} {
			in := registration(t, address)
			in.Password = weak
			_, err := b.register.Do(t.Context(), in)
			require.True(t, fault.Is(err, reasonv1.Reason_REASON_PASSWORD_TOO_WEAK), "%v", err)
			details, _ := fault.Details(err)
			require.Equal(t, []fault.Violation{{Field: "password", Rule: rule}}, details.Fields())
		}
		require.Empty(t, b.subjects(t))
		b.registered(t, address)
	})
}

// R68: several invitations to one new address, opened all at once: one sets the
// password, the others learn that there is one, and nobody is made twice (R88).
func TestRegisterAllAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := registration(t, address)
	results := make([]error, 8)
	var all sync.WaitGroup
	for n := range results {
		all.Go(func() { _, results[n] = b.register.Do(t.Context(), in) })
	}
	all.Wait()
	made := 0
	for _, err := range results {
		if err == nil {
			made++
			continue
		}
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CREDENTIAL_EXISTS), "%v", err)
	}
	require.Equal(t, 1, made)
	require.Len(t, b.subjects(t), 1)
}
