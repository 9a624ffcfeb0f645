package app

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// Invalidate ends for the platform a yes that should never have been: who gave
// it was not who they seemed, or the two were linked by mistake.
type Invalidate struct{ Deps }

// Invalidation names the consent, and says why to both sides.
type Invalidation struct {
	ConsentID id.ID
	Reason    string
	Key       idempotency.Key
}

// Do commits first, then waits until nobody answers yes any more, nor to whom a
// team's yes let in besides. What was invalidated before is waited for again.
func (u Invalidate) Do(ctx context.Context, i Invalidation) (domain.Record, Ended, error) {
	r, err := pg.InSystem(ctx, u.DB, "the platform names a consent by its id alone", func(ctx context.Context, tx pg.Tx) (domain.Record, error) {
		return u.consents.Find(ctx, tx, i.ConsentID)
	})
	if err != nil {
		return domain.Record{}, Ended{}, err
	}
	decided, err := pg.InTenant(ctx, u.DB, r.ClientID, func(ctx context.Context, tx pg.Tx) (Decided, error) {
		return u.decide(ctx, tx, r.ClientID, i)
	})
	if err != nil {
		return domain.Record{}, Ended{}, err
	}
	count, err := u.waitForEnd(ctx, decided.Grants)
	return decided.Record, count, err
}

func (u Invalidate) decide(ctx context.Context, tx pg.Tx, client id.ID, i Invalidation) (out Decided, err error) {
	_, err = idempotency.Do(ctx, tx, i.Key, func() (*emptypb.Empty, error) {
		return &emptypb.Empty{}, u.void(ctx, tx, client, i)
	})
	if err != nil {
		return out, err
	}
	if out.Record, err = u.consents.ByID(ctx, tx, client, i.ConsentID); err != nil {
		return out, err
	}
	if out.Record.Team {
		out.Grants, err = u.grants.UnsettledEndsOfClient(ctx, tx, client, out.Record.PartnerID)
		return out, err
	}
	out.Grants, err = u.grantOf(ctx, tx, client, i.ConsentID)
	return out, err
}

func (u Invalidate) void(ctx context.Context, tx pg.Tx, client id.ID, i Invalidation) error {
	r, err := u.consents.Lock(ctx, tx, client, i.ConsentID)
	if err != nil {
		return err
	}
	switch r.StateAt(u.Clock.Now()) {
	case domain.Invalidated:
		return nil
	case domain.Given:
	default:
		return domain.NotGiven
	}
	how := stopping{by: always(domain.Actor{Party: domain.ByPlatform}), reason: i.Reason}
	_, err = u.takeOut(ctx, tx, how, r)
	return err
}

// invalidated tells both sides that the platform ended an access, and why.
func (u PrepareMail) invalidated(ctx context.Context, r domain.Record) ([]Mail, error) {
	steps, err := pg.InTenant(ctx, u.DB, r.ClientID, func(ctx context.Context, tx pg.Tx) ([]domain.Step, error) {
		return u.consents.Timeline(ctx, tx, r.ClientID, r.ID)
	})
	if err != nil {
		return nil, err
	}
	mails, err := u.toBoth(ctx, r, mailOver, mailEnded)
	for i := range mails {
		mails[i].Variables["platform_reason"] = domain.WhyInvalid(steps)
	}
	return mails, err
}
