package app_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// T-13: one token redeemed a hundred times at once has one effect; each press of
// the same person gets that one membership, and nobody else's press any.
func TestATokenRedeemedAHundredTimesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range testsize.Of(t, 1, 100) {
		b.redeemAHundredTimes()
	}
}

func (b *bundle) redeemAHundredTimes() {
	t := b.T
	t.Helper()
	org, owner := b.organization(domain.Client)
	i, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	link, guest, other := b.mail(i), b.person("a@example.com"), b.person("b@example.com")
	var group sync.WaitGroup
	members, errs := make([]domain.Membership, 100), make([]error, 100)
	for n := range errs {
		group.Go(func() {
			who := guest
			if n%2 == 1 {
				who = other
			}
			members[n], errs[n] = b.accept(link, who)
		})
	}
	group.Wait()
	for n := range errs {
		if n%2 == 1 {
			require.ErrorIs(t, errs[n], domain.ErrSomebodyElse)
			continue
		}
		require.NoError(t, errs[n])
		require.Equal(t, members[0].ID, members[n].ID)
	}
	require.Equal(t, []string{"aval.membership.v1.membership.started"}, b.subjects(members[0].ID))
	require.Equal(t, 2, b.count("SELECT count(*) FROM member WHERE organization_id = $1", org), "the owner and the guest")
	require.Equal(t, 1, b.count("SELECT count(*) FROM one_time_token WHERE used_by = $1", guest.UserID))
	require.Zero(t, b.count("SELECT count(*) FROM one_time_token WHERE used_by = $1", other.UserID))
}

func (b *bundle) count(sql string, args ...any) (n int) {
	b.Helper()
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, sql, args...).Scan(&n)
	}))
	return n
}

// Taking an invitation back while it is accepted: one of the two wins, and both
// sides hear the same.
func TestCancellingWhileAccepting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	wins := map[string]int{}
	for range 40 {
		guest := b.person(id.New().String() + "@example.com")
		i, err := b.invite(org, owner, guest.Email, plain())
		require.NoError(t, err)
		link := b.mail(i)
		var group sync.WaitGroup
		var accepted, cancelled error
		group.Go(func() { _, accepted = b.accept(link, guest) })
		group.Go(func() { _, cancelled = b.change(i, owner, true) })
		group.Wait()
		members := b.count("SELECT count(*) FROM member WHERE user_id = $1", guest.UserID)
		if accepted == nil {
			require.ErrorIs(t, cancelled, domain.ErrInvitationNotPending)
			require.Equal(t, 1, members)
			wins["accepting"]++
			continue
		}
		require.ErrorIs(t, accepted, domain.ErrInvitationNotPending)
		require.NoError(t, cancelled)
		require.Zero(t, members)
		wins["cancelling"]++
	}
	t.Log(wins)
}

// T-14: invitations from several organisations to one address, some cancelled
// and sent again, some renewed, opened in any order, by any of their links, all
// at once: each valid one is accepted exactly once, and none interferes.
func TestInvitationsInAnyOrder(t *testing.T) { // R68
	t.Parallel()
	b := setup(t)
	for range testsize.Of(t, 1, 50) { // each a hundred times
		b.inAnyOrder(testsize.Of(t, 5, 20))
	}
}

// firm is an organisation that invites, with its owner.
type firm struct {
	org   id.ID
	owner domain.Person
}

func (b *bundle) inAnyOrder(most int) {
	b.Helper()
	firms := make([]firm, most)
	for n := range firms {
		firms[n].org, firms[n].owner = b.organization(domain.Client)
	}
	rapid.Check(b.T, func(r *rapid.T) {
		guest := b.person(id.New().String() + "@example.com")
		var links []string
		valid := map[id.ID]bool{}
		for _, f := range firms[:rapid.IntRange(2, len(firms)).Draw(r, "firms")] {
			more, live := b.fate(r, f, guest)
			links, valid[f.org] = append(links, more...), live
		}
		order := rapid.Permutation(links).Draw(r, "order")
		b.openAll(r, order, guest, rapid.Bool().Draw(r, "at once"))
		for org, live := range valid {
			want := 0
			if live {
				want = 1
			}
			got := b.count("SELECT count(*) FROM member WHERE organization_id = $1 AND user_id = $2", org, guest.UserID)
			if got != want {
				r.Fatalf("organisation %s: %d memberships, want %d", org, got, want)
			}
		}
	})
}

// fate is what happens to one organisation's invitation before its links are
// opened; it gives the links of all mails, and whether the invitation is valid.
func (b *bundle) fate(r *rapid.T, f firm, guest domain.Person) (links []string, live bool) {
	i, err := b.invite(f.org, f.owner, guest.Email, plain())
	require.NoError(b, err)
	links = []string{b.mail(i)}
	switch rapid.SampledFrom([]string{"plain", "renewed", "cancelled", "sent again", "declined", "expired"}).Draw(r, "fate") {
	case "renewed":
		i, err = b.change(i, f.owner, false)
		require.NoError(b, err)
		return append(links, b.mail(i)), true
	case "cancelled":
		_, err = b.change(i, f.owner, true)
		require.NoError(b, err)
		return links, false
	case "sent again":
		_, err = b.change(i, f.owner, true)
		require.NoError(b, err)
		i, err = b.invite(f.org, f.owner, guest.Email, plain())
		require.NoError(b, err)
		return append(links, b.mail(i)), true
	case "declined":
		require.NoError(b, b.decline(links[0]))
		return links, false
	case "expired":
		b.expire(i)
		return links, false
	}
	return links, true
}

func (b *bundle) decline(link string) error {
	b.Helper()
	followed, err := b.links().Resolve(b.Context(), link)
	if err != nil {
		return err
	}
	return b.tenant(followed.Link.OrganizationID, func(ctx context.Context, tx pg.Tx) error {
		_, err := app.DeclineInvitation{Deps: b.deps}.ByLink(ctx, tx, followed.Link)
		return err
	})
}

// openAll opens every link once, in order or all at once; a refusal is one of
// those that a person understands.
func (b *bundle) openAll(r *rapid.T, links []string, guest domain.Person, atOnce bool) {
	errs := make([]error, len(links))
	var group sync.WaitGroup
	for n, link := range links {
		if atOnce {
			group.Go(func() { _, errs[n] = b.accept(link, guest) })
		} else {
			_, errs[n] = b.accept(link, guest)
		}
	}
	group.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, domain.ErrInvitationNotPending) && !errors.Is(err, domain.ErrInvitationExpired) {
			r.Fatal(err)
		}
	}
}
