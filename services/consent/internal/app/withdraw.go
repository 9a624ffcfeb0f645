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
		_, err := idempotency.Do(ctx, tx, w.Key, func() (_ *emptypb.Empty, err error) {
			out, err = u.takeBack(ctx, tx, w)
			return &emptypb.Empty{}, err
		})
		if err == nil && len(out.Grants) == 0 { // it was taken back before
			out, err = u.takenBack(ctx, tx, w)
		}
		return err
	})
	return out, err
}

// takeBack answers nothing for what was taken back before, and no grants of a
// whole team.
func (u Withdraw) takeBack(ctx context.Context, tx pg.Tx, w Withdrawal) (Decided, error) {
	r, err := u.consents.Lock(ctx, tx, w.ClientID, w.ConsentID)
	if err != nil {
		return Decided{}, err
	}
	switch r.StateAt(u.Clock.Now()) {
	case domain.Withdrawn:
		return Decided{}, nil
	case domain.Given:
	default:
		return Decided{}, domain.NotGiven
	}
	end, err := u.takeOut(ctx, tx, stopping{by: always(w.Actor), reason: w.Reason}, r)
	if err != nil || r.Team || end.Grant.ID.IsZero() {
		return Decided{}, err
	}
	return Decided{Record: end.Record, Grants: []domain.Grant{end.Grant}}, nil
}

// takenBack reads what was taken back, with the grants to wait for.
func (u Withdraw) takenBack(ctx context.Context, tx pg.Tx, w Withdrawal) (out Decided, err error) {
	if out.Record, err = u.consents.ByID(ctx, tx, w.ClientID, w.ConsentID); err != nil {
		return Decided{}, err
	}
	if out.Record.Team {
		out.Grants, err = u.grants.UnsettledEndsOfClient(ctx, tx, w.ClientID, out.Record.PartnerID)
	} else {
		out.Grants, err = u.grantOf(ctx, tx, w.ClientID, w.ConsentID)
	}
	return out, err
}
