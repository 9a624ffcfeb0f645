package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	// lanes play their rounds side by side.
	lanes            = 2
	withdrawalRounds = 8
	removalRounds    = 5
	// presses of the button at once.
	presses = 3
	// breath is between two tries of what is too early.
	breath = 10 * time.Millisecond
)

// T-01, A3: yes and its withdrawal are pressed at once, and the visitor asks
// all the time. No question begun after the withdrawal's OK is allowed.
func TestNothingIsAllowedAfterAWithdrawalThatRacedTheYes(t *testing.T) {
	t.Parallel()
	inLanes(t, func(t *testing.T, c house.Case) {
		for range withdrawalRounds {
			r := newRace(t, c)
			r.run(patient(t), t, func(ctx context.Context) error {
				for {
					_, err := shared.world.Withdraw(ctx, c.Client.Owner, r.consent)
					if !fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN) {
						return err
					}
					clock.Wait(ctx, breath)
				}
			})
			awaitEnded(t, c)
		}
	})
}

// R34, A3: a person is removed while the client presses yes for them. After the
// removal's OK there is no grant, and none appears.
func TestNothingIsGrantedAfterARemovalThatRacedTheYes(t *testing.T) {
	t.Parallel()
	inLanes(t, func(t *testing.T, c house.Case) {
		for range removalRounds {
			var err error
			c.Person, c.Collaborator, err = shared.world.AddPerson(patient(t), c.Partner, unique())
			require.NoError(t, err)
			r := newRace(t, c)
			r.run(patient(t), t, func(ctx context.Context) error {
				_, err := remove(ctx, c, unique())
				return err
			})
			kept, err := consentv1.NewConsentServiceClient(c.Client.Owner).GetConsent(patient(t), &consentv1.GetConsentRequest{ConsentId: r.consent})
			require.NoError(t, err)
			require.NotEqual(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, kept.GetConsent().GetState())
		}
	})
}

// inLanes plays rounds side by side, each lane with people of its own.
func inLanes(t *testing.T, play func(*testing.T, house.Case)) {
	t.Helper()
	for lane := range lanes {
		t.Run(fmt.Sprint(lane), func(t *testing.T) {
			t.Parallel()
			play(t, prepare(t))
		})
	}
}

// race is a request that is answered and taken back at once.
type race struct {
	open
	// over says that what takes it back has returned.
	over atomic.Bool
}

func newRace(t *testing.T, c house.Case) *race {
	t.Helper()
	request, err := asked(patient(t), c)
	require.NoError(t, err)
	return &race{open: open{Case: c, consent: request.GetId()}}
}

func (r *race) run(ctx context.Context, t *testing.T, end func(context.Context) error) {
	t.Helper()
	var group sync.WaitGroup
	for range presses {
		group.Go(func() { r.press(ctx) })
	}
	group.Go(func() {
		if err := r.visit(ctx); err != nil {
			t.Error(err)
		}
	})
	err := end(ctx)
	grants := liveGrants(t, r.Case)
	r.over.Store(true)
	group.Wait()
	require.NoError(t, err)
	require.Zero(t, grants, "it returns when nothing is left")
	require.Zero(t, liveGrants(t, r.Case), "and nothing comes after it")
}

// press says yes until it is taken, or refused because it is late; another test
// may have Postgres down.
func (r *race) press(ctx context.Context) {
	for yes(ctx, r.Client.Owner, r.consent) != nil && !r.over.Load() && clock.Wait(ctx, breath) {
	}
}

// visit enters and asks until it is over, and once more.
func (r *race) visit(ctx context.Context) error {
	for {
		over := r.over.Load()
		if r.session == "" && !over {
			entered, err := shared.world.EnterDossier(ctx, r.Person, r.Partner.ID, r.Dossier)
			if err != nil && ctx.Err() != nil {
				return err
			}
			r.session = entered.GetSupportSession().GetId()
		}
		if over && r.session == "" {
			return nil
		}
		if r.session == "" {
			clock.Wait(ctx, breath)
			continue
		}
		switch allowed, err := r.allowed(ctx); {
		case err != nil:
			return err
		case over && allowed:
			return errors.New("it was allowed after it was over")
		case over:
			return nil
		}
	}
}
