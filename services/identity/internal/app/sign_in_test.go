package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
)

// R108: one person, one identifier and password.
func TestSignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := b.registered(t, address).Session.UserID

	t.Run("opens an intermediate session, whatever the case of the address", func(t *testing.T) {
		opened, err := b.signIn.Do(t.Context(), typed(" Camille.MARTIN@cabinet.fr ", password))
		require.NoError(t, err)
		require.Equal(t, user, opened.Session.UserID)
		require.True(t, opened.Session.OrganizationID.IsZero())
		require.Equal(t, []string{"pwd"}, opened.Session.AMR)
	})
	t.Run("tells nobody whether an address has an account", func(t *testing.T) {
		var texts []string
		for _, c := range [][2]string{
			{address, "une autre phrase bien longue"},
			{address, strings.ToUpper(password)},
			{"inconnu@cabinet.fr", password},
			{"not an address", password},
			{"camille.martin+alias@cabinet.fr", password},
		} {
			_, err := b.signIn.Do(t.Context(), typed(c[0], c[1]))
			require.True(t, fault.Is(err, reasonv1.Reason_REASON_CREDENTIALS_REFUSED), "%v: %v", c, err)
			texts = append(texts, fault.ToStatus(err, "fr").Proto().String())
		}
		for _, text := range texts {
			require.Equal(t, texts[0], text)
		}
	})
}

func TestSignInRenewsTheHash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.registered(t, address)
	b.signIn.Check.Hasher = hasher(t, "k2", "k1")
	b.signedIn(t, address)
	b.signIn.Check.Hasher = hasher(t, "k2")
	b.signedIn(t, address)
}

func TestParallelSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.registered(t, address)
	for range domain.MaxParallel - 1 {
		b.signedIn(t, address)
	}
	require.NoError(t, b.resolves(t, first), "ten are allowed")
	last := b.signedIn(t, address)
	require.True(t, fault.Is(b.resolves(t, first), reasonv1.Reason_REASON_SESSION_EXPIRED), "the oldest goes out")
	require.NoError(t, b.resolves(t, last))
}

// R43: what is stored gives no password and no session away.
func TestNothingStoredIsASecret(t *testing.T) {
	t.Parallel()
	b := setup(t)
	opened := b.registered(t, address)
	require.NoError(t, b.db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		var all string
		err := tx.QueryRow(ctx, `
SELECT (SELECT string_agg(c::text, '|') FROM credentials c)
  || (SELECT string_agg(s::text, '|') FROM sessions s)`).Scan(&all)
		require.NotContains(t, all, password)
		require.NotContains(t, all, opened.Token.String())
		return err
	}))
}
