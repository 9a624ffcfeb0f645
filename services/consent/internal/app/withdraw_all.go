package app

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// WithdrawAll takes every yes of a client back in one press (R41).
type WithdrawAll struct{ Deps }

// Sweep names the client, the partner if only one is meant, and who presses.
type Sweep struct {
	ClientID, PartnerID id.ID
	Actor               domain.Actor
	Key                 idempotency.Key
}

// Swept is the counted receipt.
type Swept struct {
	Consents int
	Ended
}

// Do commits first, then waits until nobody answers yes any more. A repetition
// takes nothing back that was given since, and waits again.
func (u WithdrawAll) Do(ctx context.Context, s Sweep) (Swept, error) {
	out, err := u.Decide(ctx, s)
	if err != nil {
		return Swept{}, err
	}
	for {
		grants, err := pg.InTenant(ctx, u.DB, s.ClientID, func(ctx context.Context, tx pg.Tx) ([]domain.Grant, error) {
			return u.grants.UnsettledEndsOfClient(ctx, tx, s.ClientID, s.PartnerID)
		})
		if err != nil {
			return Swept{}, err
		}
		if len(grants) == 0 {
			return out, nil
		}
		some, err := u.waitForEnd(ctx, grants)
		if err != nil {
			return Swept{}, err
		}
		out.Grants += some.Grants
		out.Visits += some.Visits
	}
}

// Decide is the transaction.
func (u WithdrawAll) Decide(ctx context.Context, s Sweep) (Swept, error) {
	done, err := pg.InTenant(ctx, u.DB, s.ClientID, func(ctx context.Context, tx pg.Tx) (*consentv1.WithdrawConsentsResponse, error) {
		return idempotency.Do(ctx, tx, s.Key, func() (*consentv1.WithdrawConsentsResponse, error) {
			n, err := u.takeAllBack(ctx, tx, s)
			return &consentv1.WithdrawConsentsResponse{ConsentsWithdrawn: int32(n)}, err
		})
	})
	return Swept{Consents: int(done.GetConsentsWithdrawn())}, err
}

// takeAllBack goes on, batch by batch, until nothing is given.
func (u WithdrawAll) takeAllBack(ctx context.Context, tx pg.Tx, s Sweep) (int, error) {
	count := 0
	if err := u.consents.EndTeams(ctx, tx, postgres.Teams{ClientID: s.ClientID, PartnerID: s.PartnerID}, u.Clock.Now()); err != nil {
		return 0, err
	}
	for {
		given, err := u.consents.LockGiven(ctx, tx, s.ClientID, s.PartnerID)
		if err != nil || len(given) == 0 {
			return count, err
		}
		for _, r := range given {
			if r.StateAt(u.Clock.Now()) == domain.Given {
				count++
			}
		}
		if _, err := u.stop(ctx, tx, always(s.Actor), given); err != nil {
			return 0, err
		}
	}
}
