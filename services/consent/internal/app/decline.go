package app

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// Decline records a no, or a not-now, by link or signed in.
type Decline struct{ Deps }

// Denial is the no as it came.
type Denial struct {
	Respond
	NotNow bool
	Reason string
}

// Do checks who answers and records. An answer that is there already is given
// back.
func (u Decline) Do(ctx context.Context, n Denial) (domain.Record, error) {
	by, asker, err := u.people(ctx, &n.Respond)
	if err != nil {
		return domain.Record{}, err
	}
	return u.Decide(ctx, n, Parties{By: by, For: asker})
}

// Decide is the transaction.
func (u Decline) Decide(ctx context.Context, n Denial, p Parties) (domain.Record, error) {
	var out domain.Record
	err := u.DB.InTenant(ctx, n.ClientID, func(ctx context.Context, tx pg.Tx) error {
		_, err := idempotency.Do(ctx, tx, n.Key, func() (*emptypb.Empty, error) {
			return &emptypb.Empty{}, u.refuse(ctx, tx, n, p)
		})
		if err != nil {
			return err
		}
		out, err = u.consents.ByID(ctx, tx, n.ClientID, n.ConsentID)
		return err
	})
	return out, err
}

func (u Decline) refuse(ctx context.Context, tx pg.Tx, n Denial, p Parties) error {
	r, err := u.consents.Lock(ctx, tx, n.ClientID, n.ConsentID)
	if err != nil {
		return err
	}
	now := u.Clock.Now()
	if r.StateAt(now).Answered() {
		return nil
	}
	c := domain.Restore(r)
	step, err := c.Decline(domain.No{
		By: p.By, For: p.For, NotNow: n.NotNow, Reason: n.Reason, Evidence: n.evidence(), Now: now,
	})
	if err != nil {
		return err
	}
	return u.save(ctx, tx, c, step)
}
