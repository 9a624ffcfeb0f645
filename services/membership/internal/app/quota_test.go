package app_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// bounded lets an organisation send a number of invitations in a day, its
// owner's own included.
func bounded(t *testing.T, size int) (b *bundle, org id.ID, owner domain.Person) {
	t.Helper()
	b = setup(t)
	b.deps.Invitations = domain.Quota{Size: size, Per: 24 * time.Hour}
	org, owner = b.organization(domain.Client)
	return b, org, owner
}

// later moves what was sent into the past.
func (b *bundle) later(org id.ID, by time.Duration) {
	b.Helper()
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE invitation_quota SET used_until = used_until - $2::interval WHERE organization_id = $1", org, by)
		return err
	}))
}

// T-22: an organisation sends so many invitations a day, renewals included; one
// more is refused with the time to wait, leaves no trace, and another
// organisation knows nothing of it.
func TestInvitationsADayAreCounted(t *testing.T) {
	t.Parallel()
	b, org, owner := bounded(t, 4)
	first, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	_, err = b.change(first, owner, false)
	require.NoError(t, err, "renewing sends a mail too")
	_, err = b.ask(org, owner, app.CreateInvitationInput{Wanted: wanted("b@example.com", plain()), ValidateOnly: true})
	require.NoError(t, err, "looking sends none")
	_, err = b.invite(org, owner, "b@example.com", plain())
	require.NoError(t, err)

	_, err = b.invite(org, owner, "c@example.com", plain())
	var full domain.InvitationsExhausted
	require.ErrorAs(t, err, &full)
	require.Equal(t, 4, full.Limit)
	require.InDelta(t, (6 * time.Hour).Seconds(), full.Wait.Seconds(), 60)
	require.Zero(t, b.count("SELECT count(*) FROM invitation WHERE email_key = 'c@example.com'"))
	_, err = b.change(first, owner, false)
	require.ErrorAs(t, err, &full)
	_, err = b.change(first, owner, true)
	require.NoError(t, err, "taking back is always possible")
	other, boss := b.organization(domain.Client)
	_, err = b.invite(other, boss, "c@example.com", plain())
	require.NoError(t, err)

	b.later(org, full.Wait)
	_, err = b.invite(org, owner, "c@example.com", plain())
	require.NoError(t, err, "when it said")
	_, err = b.invite(org, owner, "d@example.com", plain())
	require.ErrorAs(t, err, &full)
}

// A list is counted line by line: those for whom there is room are invited, and
// lines that say nothing new count for nothing.
func TestListsAreCounted(t *testing.T) {
	t.Parallel()
	b, org, owner := bounded(t, 4)
	invited := 0
	for round, want := range []int{3, 3} {
		require.NoError(t, b.tenant(org, func(ctx context.Context, tx pg.Tx) error {
			many, err := app.InviteMany{Deps: b.deps}.Begin(ctx, tx, org, owner.UserID)
			if err != nil {
				return err
			}
			for n := range 5 {
				err := tx.Savepoint(ctx, func(tx pg.Tx) error {
					_, err := many.Invite(ctx, tx, wanted(fmt.Sprintf("p%d@example.com", n), plain()))
					return err
				})
				var full domain.InvitationsExhausted
				if err != nil && !errors.As(err, &full) {
					return err
				}
			}
			return nil
		}))
		invited = b.count("SELECT count(*) FROM invitation WHERE organization_id = $1 AND state = 'PENDING'", org)
		require.Equal(t, want, invited, "round %d", round)
	}
}

// Of many who invite at once as many are let through as there is room for.
func TestInvitingAtOnceIsCountedOnce(t *testing.T) {
	t.Parallel()
	b, org, owner := bounded(t, 6)
	var sent, refused atomic.Int64
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			_, err := b.invite(org, owner, fmt.Sprintf("p%d@example.com", n), plain())
			var full domain.InvitationsExhausted
			if err == nil {
				sent.Add(1)
			} else if errors.As(err, &full) {
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 5, sent.Load())
	require.EqualValues(t, 7, refused.Load())
}
