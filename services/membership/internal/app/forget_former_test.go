package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// known counts the rows that have an address of this beginning.
func (b *bundle) known(address string) (n int) {
	b.Helper()
	for _, table := range []string{"member", "invitation", "client_contact"} {
		n += b.count("SELECT count(*) FROM "+table+" WHERE starts_with(email_key, $1)", address)
	}
	return n
}

// An invitation that nobody accepted forgets whom it was meant for, a membership
// that ended who it was, each at its term; the rows stay, and so does who is a
// member.
func TestNamesOfWhoIsNoMemberGoAtTheirTerm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Partner)
	unique := id.New().String()
	guest, former, contact := "guest-"+unique, "former-"+unique, "contact-"+unique
	_, err := b.invite(org, owner, guest+"@example.com", plain())
	require.NoError(t, err)
	left := b.person(former + "@example.com")
	b.join(org, owner, left, domain.Offer{Role: domain.Member})
	_, err = b.people().Leave(t.Context(), left.UserID)
	require.NoError(t, err)
	stays := b.person("stays-" + unique + "@example.com")
	b.join(org, owner, stays, domain.Offer{Role: domain.Member})
	b.contact(org, owner, contact+"@example.com", id.New())
	require.Equal(t, []int{1, 2, 2, 2}, []int{b.known(guest), b.known(former), b.known(contact), b.known("stays-" + unique)})

	rows := func() int {
		return b.count("SELECT (SELECT count(*) FROM member) + (SELECT count(*) FROM invitation) + (SELECT count(*) FROM client_contact)")
	}
	all := rows()
	forget := app.ForgetFormer{Deps: b.deps, DB: b.db, Keep: app.Keep{Invitations: 24 * time.Hour, Former: 30 * 24 * time.Hour}}
	at := func(passed time.Duration, want ...int) {
		t.Helper()
		b.clock.Advance(passed)
		require.NoError(t, forget.Do(t.Context()))
		require.Equal(t, want, []int{b.known(guest), b.known(former), b.known(contact), b.known("stays-" + unique)})
		require.Equal(t, all, rows(), "facts do not vanish")
	}
	at(week, 1, 2, 2, 2)
	at(24*time.Hour+time.Minute, 0, 2, 1, 2)
	at(30*24*time.Hour, 0, 0, 1, 2)
	forget.Keep = app.Keep{}
	at(10000*time.Hour, 0, 0, 1, 2)
}

// Whoever is forgotten is no firm's contact any more, and no firm names them.
func TestAForgottenContactIsDetached(t *testing.T) {
	t.Parallel()
	b := setup(t)
	firm, owner := b.organization(domain.Partner)
	marie := b.person("marie-" + id.New().String() + "@example.com")
	b.contact(firm, owner, marie.Email, id.New())
	invitation, err := b.pending(firm, marie.EmailKey)
	require.NoError(t, err)
	_, err = b.accept(b.mail(invitation), marie)
	require.NoError(t, err)
	data, err := b.people().Data(t.Context(), marie.UserID)
	require.NoError(t, err)
	require.Len(t, data["firms"], 1)
	require.NoError(t, b.forget(marie.UserID))
	require.Empty(t, b.places(marie))
	require.Zero(t, b.known(marie.EmailKey))
}
