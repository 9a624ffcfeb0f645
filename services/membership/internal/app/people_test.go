package app_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func (b *bundle) people() app.People { return app.People{Deps: b.deps, DB: b.db} }

// pendingAt counts the invitations that wait for an address.
func (b *bundle) pendingAt(key string) int {
	b.Helper()
	n := 0
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM invitation WHERE email_key = $1 AND state = 'PENDING'", key).Scan(&n)
	}))
	return n
}

// R112: a person who moves is found at the new address everywhere, in the language
// that they chose, and what waits at the old one is taken back.
func TestAPersonsChangesAreFollowed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	here, owner := b.organization(domain.Client)
	there, other := b.organization(domain.Client)
	who := b.person(id.New().String() + "@example.com")
	b.join(here, owner, who, domain.Offer{Role: domain.Member})
	_, err := b.invite(there, other, who.Email, domain.Offer{Role: domain.Member})
	require.NoError(t, err)

	now := b.person("moved-" + who.Email)
	now.UserID, now.Locale = who.UserID, "en"
	change := app.PersonChange{Person: now, Keys: []string{who.EmailKey, now.EmailKey}}
	event := id.New()
	require.NoError(t, b.people().Follow(t.Context(), event, change))
	require.NoError(t, b.people().Follow(t.Context(), event, change), "a fact is applied once")

	require.NoError(t, b.tenant(here, func(ctx context.Context, tx pg.Tx) error {
		m, err := postgres.FindMember(ctx, tx, here, who.UserID)
		require.Equal(t, now, m.Person)
		return err
	}))
	require.Zero(t, b.pendingAt(who.EmailKey))
}

func TestSoleOwnerships(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	alone, err := b.people().SoleOwnerships(t.Context(), owner.UserID, id.ID{}, 10)
	require.NoError(t, err)
	require.Equal(t, []postgres.SoleOwnership{{OrganizationID: org, LegalName: "Cabinet Dupont"}}, alone)
	b.join(org, owner, b.person(id.New().String()+"@example.com"), domain.Offer{Role: domain.Owner})
	alone, err = b.people().SoleOwnerships(t.Context(), owner.UserID, id.ID{}, 10)
	require.NoError(t, err)
	require.Empty(t, alone)
}

// R103: what organisations call a person, and what those are called.
func TestNamesOfAPerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	who := b.person(id.New().String() + "@example.com")
	m := b.join(org, owner, who, domain.Offer{Role: domain.Member})
	names, err := b.people().Names(t.Context(), who.UserID)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"Cabinet Dupont", m.GivenName, m.FamilyName}, names)
	_, err = b.people().Leave(t.Context(), who.UserID)
	require.NoError(t, err)
	names, err = b.people().Names(t.Context(), who.UserID)
	require.NoError(t, err)
	require.Empty(t, names)
}

// Two owners who go at the same time, from the same two organisations: one of
// them stays, in both, and neither waits for ever.
func TestOfTwoOwnersWhoLeaveAtOnceOneStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 20 {
		first, one := b.organization(domain.Client)
		second, other := b.organization(domain.Client)
		b.join(first, one, other, domain.Offer{Role: domain.Owner})
		b.join(second, other, one, domain.Offer{Role: domain.Owner})
		var errs [2]error
		var group sync.WaitGroup
		for n, user := range []id.ID{one.UserID, other.UserID} {
			group.Go(func() { _, errs[n] = b.people().Leave(t.Context(), user) })
		}
		group.Wait()
		stays := slices.IndexFunc(errs[:], func(err error) bool { return err != nil })
		require.NotEqual(t, -1, stays)
		require.ErrorIs(t, errs[stays], domain.ErrLastOwner)
		require.NoError(t, errs[1-stays])
		for _, org := range []id.ID{first, second} {
			require.Equal(t, 1, b.count("SELECT count(*) FROM member WHERE organization_id = $1 AND role = 'OWNER' AND end_time IS NULL", org))
		}
	}
}

func (b *bundle) forget(user id.ID) error {
	b.Helper()
	return b.system(func(ctx context.Context, tx pg.Tx) error { return b.people().Forget(ctx, tx, user) })
}

// Whoever is forgotten belongs nowhere any more, and no row names them.
func TestForgetPerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	other, otherOwner := b.organization(domain.Client)
	who := b.person("jean-" + id.New().String() + "@example.com")
	b.join(org, owner, who, domain.Offer{Role: domain.Member})
	_, err := b.invite(other, otherOwner, who.Email, domain.Offer{Role: domain.Member})
	require.NoError(t, err)

	data, err := b.people().Data(t.Context(), who.UserID)
	require.NoError(t, err)
	require.Len(t, data["memberships"], 1)

	_, err = b.people().Leave(t.Context(), who.UserID)
	require.NoError(t, err)
	require.Equal(t, 1, b.pendingAt(who.EmailKey), "leaving forgets nothing yet")
	require.NoError(t, b.forget(who.UserID))
	require.NoError(t, b.forget(who.UserID), "again without harm")
	require.Error(t, b.forget(owner.UserID), "an organisation keeps its last owner")
	require.Zero(t, b.pendingAt(who.EmailKey))
	rows, err := pg.InSystem(t.Context(), b.db, "test", func(ctx context.Context, tx pg.Tx) (int, error) {
		return pg.One(ctx, tx, pg.Statement{Doing: "looking for a name", SQL: `
SELECT (SELECT count(*) FROM member m WHERE strpos(to_jsonb(m)::text, @who) > 0)
  + (SELECT count(*) FROM invitation i WHERE strpos(to_jsonb(i)::text, @who) > 0)`, Args: pgx.NamedArgs{"who": who.EmailKey}}, pgx.RowTo[int])
	})
	require.NoError(t, err)
	require.Zero(t, rows)
}
