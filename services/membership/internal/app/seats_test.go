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
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func (b *bundle) limit(org id.ID, limit int) (seats domain.Seats) {
	b.Helper()
	require.NoError(b, b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
		seats, err = app.OperateOrganization{}.SetSeatLimit(ctx, tx, org, limit)
		return err
	}))
	return seats
}

// R131, R111: no limit unless the platform sets one; then a refusal with the
// numbers, and who is a member stays one.
func TestSeatsAreLimitedOnlyWhereThePlatformSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	_, err := b.invite(org, owner, "first@example.com", member(nil))
	require.NoError(t, err)
	require.Equal(t, domain.Seats{Members: 1, Pending: 1, Limit: 2}, b.limit(org, 2))

	_, err = b.invite(org, owner, "second@example.com", member(nil))
	require.ErrorIs(t, err, domain.SeatsExhausted{Seats: domain.Seats{Members: 1, Pending: 1, Limit: 2}})
	_, err = b.invite(org, owner, "first@example.com", member(nil))
	require.NoError(t, err, "renewing takes no seat more")
	b.clock.Advance(week + time.Hour)
	b.limit(org, 0)
	_, err = b.invite(org, owner, "second@example.com", member(nil))
	require.NoError(t, err)
}

// R38: who comes by a client's consent takes no seat.
func TestAssistanceTakesNoSeat(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	v.opened()
	require.Equal(t, domain.Seats{Members: 1, Limit: 1}, v.limit(v.client, 1))
}

// R131: of many who accept at once for the last seats, as many come in as there
// are.
func TestTheLastSeatIsTakenOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 { // once, the race may not happen
		b.raceForSeats()
	}
}

func (b *bundle) raceForSeats() {
	t := b.T
	t.Helper()
	org, owner := b.organization(domain.Client)
	const invited, free = 12, 3
	links, people := make([]string, invited), make([]domain.Person, invited)
	for i := range invited {
		people[i] = b.person(fmt.Sprintf("p%d.%s@example.com", i, org))
		pending, err := b.invite(org, owner, people[i].Email, member(nil))
		require.NoError(t, err)
		links[i] = b.mail(pending)
	}
	b.limit(org, 1+free)
	var in, out atomic.Int64
	var wg sync.WaitGroup
	for i := range invited {
		wg.Go(func() {
			_, err := b.accept(links[i], people[i])
			var full domain.SeatsExhausted
			if err == nil {
				in.Add(1)
			} else if errors.As(err, &full) {
				out.Add(1)
			}
		})
	}
	wg.Wait()

	require.EqualValues(t, free, in.Load())
	require.EqualValues(t, invited-free, out.Load())
}

func TestASuspendedOrganizationDeniesAndHides(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	s := v.opened()
	state := func(org id.ID, state domain.OrganizationState) {
		require.NoError(t, v.tenant(org, func(ctx context.Context, tx pg.Tx) error {
			_, err := app.OperateOrganization{}.SetState(ctx, tx, org, state)
			return err
		}))
	}
	places := func() (list []domain.Place) {
		require.NoError(t, v.db.InUser(t.Context(), v.collaborator.UserID, func(ctx context.Context, tx pg.Tx) (err error) {
			list, err = postgres.ListPlaces(ctx, tx, v.collaborator.UserID, postgres.Slice{Limit: 10})
			return err
		}))
		return list
	}
	require.Len(t, places(), 1)
	for range 2 {
		state(v.partner, domain.Suspended)
	}
	require.Empty(t, places(), "R95")
	require.Equal(t, domain.NoAccess, v.denial(s.ID), "nobody acts through it")
	state(v.partner, domain.Active)
	require.Empty(t, v.denial(s.ID))
	state(v.client, domain.Suspended)
	require.Equal(t, domain.AccountSuspended, v.denial(s.ID))
	state(v.client, domain.Active)
	require.Empty(t, v.denial(s.ID))
	require.Contains(t, v.subjects(v.partner), "aval.membership.v1.organization.resumed")
}
