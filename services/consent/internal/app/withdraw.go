package app

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// Withdraw takes a yes back, at any time (R41, R44).
type Withdraw struct{ Deps }

// Withdrawal names the consent and who takes it back.
type Withdrawal struct {
	ClientID, ConsentID id.ID
	Actor               domain.Actor
	// Reason says how, for the timeline; empty: signed in.
	Reason string
	Key    idempotency.Key
}

// Do commits first, then waits until nobody answers yes any more. What was
// withdrawn before is waited for again and answered the same.
func (u Withdraw) Do(ctx context.Context, w Withdrawal) (domain.Record, Ended, error) {
	decided, err := u.Decide(ctx, w)
	if err != nil {
		return domain.Record{}, Ended{}, err
	}
	count, err := u.waitForEnd(ctx, decided.Grants)
	return decided.Record, count, err
}

// Decide is the transaction.
func (u Withdraw) Decide(ctx context.Context, w Withdrawal) (Decided, error) {
	var out Decided
	err := u.DB.InTenant(ctx, w.ClientID, func(ctx context.Context, tx pg.Tx) error {
		_, err := idempotency.Do(ctx, tx, w.Key, func() (*emptypb.Empty, error) {
			return &emptypb.Empty{}, u.takeBack(ctx, tx, w)
		})
		if err != nil {
			return err
		}
		if out.Record, err = u.consents.ByID(ctx, tx, w.ClientID, w.ConsentID); err != nil {
			return err
		}
		if out.Record.Team {
			out.Grants, err = u.grants.UnsettledEndsOfClient(ctx, tx, w.ClientID, out.Record.PartnerID)
			return err
		}
		out.Grants, err = u.grantOf(ctx, tx, w.ClientID, w.ConsentID)
		return err
	})
	return out, err
}

func (u Withdraw) takeBack(ctx context.Context, tx pg.Tx, w Withdrawal) error {
	r, err := u.consents.Lock(ctx, tx, w.ClientID, w.ConsentID)
	if err != nil {
		return err
	}
	now := u.Clock.Now()
	switch r.StateAt(now) {
	case domain.Withdrawn:
		return nil
	case domain.Given:
	default:
		return domain.NotGiven
	}
	c := domain.Restore(r)
	step, err := c.End(domain.Withdraw, w.Actor, now)
	if err != nil {
		return err
	}
	step.Reason = w.Reason
	if err := u.finish(ctx, tx, ending{consent: c, step: step, now: now}); err != nil {
		return err
	}
	how := stopping{by: always(w.Actor)}
	if err := u.stopExtensions(ctx, tx, how, r); err != nil || !r.Team {
		return err
	}
	return u.endTeam(ctx, tx, r, how)
}
