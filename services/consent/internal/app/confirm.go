package app

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// Confirm keeps an access going that pauses, or is about to.
type Confirm struct{ Deps }

// Do returns when the access works.
func (u Confirm) Do(ctx context.Context, a Respond) (domain.Record, error) {
	by, asker, err := u.people(ctx, &a)
	if err != nil {
		return domain.Record{}, err
	}
	decided, err := u.Decide(ctx, a, Parties{By: by, For: asker})
	if err != nil {
		return domain.Record{}, err
	}
	_, err = Settle(u).Do(ctx, unsettled(decided.Grants))
	return decided.Record, err
}

// Decide is the transaction.
func (u Confirm) Decide(ctx context.Context, a Respond, p Parties) (Decided, error) {
	return pg.InTenant(ctx, u.DB, a.ClientID, func(ctx context.Context, tx pg.Tx) (Decided, error) {
		_, err := idempotency.Do(ctx, tx, a.Key, func() (*emptypb.Empty, error) {
			return &emptypb.Empty{}, u.confirm(ctx, tx, a, p)
		})
		if err != nil {
			return Decided{}, err
		}
		r, err := u.consents.ByID(ctx, tx, a.ClientID, a.ConsentID)
		if err != nil {
			return Decided{}, err
		}
		grants, err := u.grantOf(ctx, tx, a.ClientID, a.ConsentID)
		return Decided{Record: r, Grants: grants}, err
	})
}

func (u Confirm) confirm(ctx context.Context, tx pg.Tx, a Respond, p Parties) error {
	r, err := u.consents.Lock(ctx, tx, a.ClientID, a.ConsentID)
	if err != nil {
		return err
	}
	policy, err := u.policyOf(ctx, tx, a.ClientID)
	if err != nil {
		return err
	}
	c := domain.Restore(r)
	step, err := c.Confirm(policy, p.By, p.For, u.Clock.Now())
	if err != nil {
		return err
	}
	if err := u.renew(ctx, tx, c.Record()); err != nil {
		return err
	}
	return u.save(ctx, tx, c, step)
}

// renew gives the grant the lease of its consent, and leaves a job that sees to
// it that the decision knows.
func (d Deps) renew(ctx context.Context, tx pg.Tx, r domain.Record) error {
	grant, ok, err := d.grants.ByConsent(ctx, tx, r.ClientID, r.ID)
	if err != nil || !ok {
		return err
	}
	renewed := grant.Renew(r.Lease)
	if renewed.Version == grant.Version {
		return nil
	}
	if err := d.grants.Update(ctx, tx, renewed); err != nil {
		return err
	}
	return d.settleLater(ctx, tx, renewed, d.Clock.Now())
}

// used notes a visit that began: the access is needed, and goes on.
func (d Deps) used(ctx context.Context, tx pg.Tx, client, consent id.ID) error {
	r, err := d.consents.Lock(ctx, tx, client, consent)
	if err != nil {
		return err
	}
	policy, err := d.policyOf(ctx, tx, client)
	if err != nil {
		return err
	}
	c := domain.Restore(r)
	if !c.Use(policy, d.Clock.Now()) {
		return nil
	}
	if err := d.consents.Update(ctx, tx, c.Record()); err != nil {
		return err
	}
	return d.renew(ctx, tx, c.Record())
}
