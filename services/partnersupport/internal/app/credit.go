package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// Credits computes what a partner is credited with, from who acted (R74, R84).
type Credits struct{ Deps }

const (
	// frozenMonths is how many months back a job looks for what nobody froze.
	frozenMonths = 3
	// frozenAtOnce bounds one round of that job, and creditsFrozen one month.
	frozenAtOnce  = 100
	creditsFrozen = 1000000
)

// List gives a page of a month: as it was frozen, or as it is now.
func (u Credits) List(ctx context.Context, l postgres.CreditList) ([]domain.Credit, error) {
	return pg.InSystem(ctx, u.DB, acrossPartners, func(ctx context.Context, tx pg.Tx) ([]domain.Credit, error) {
		frozen, err := postgres.Frozen(ctx, tx, l.Partner, l.Month)
		if err != nil {
			return nil, err
		}
		if frozen {
			return postgres.FrozenCredits(ctx, tx, l)
		}
		return postgres.ComputedCredits(ctx, tx, l)
	})
}

// Freeze writes months down whose time to change is over. What is read between
// that instant and this job is computed from the same past.
func (u Credits) Freeze(ctx context.Context) error {
	now := u.Clock.Now()
	for back := 1; back <= frozenMonths; back++ {
		month := domain.MonthOf(now).Before(back)
		if month.StageAt(now) != domain.Frozen {
			continue
		}
		if err := u.freeze(ctx, month); err != nil {
			return err
		}
	}
	return nil
}

func (u Credits) freeze(ctx context.Context, month domain.Month) error {
	partners, err := pg.InSystem(ctx, u.DB, acrossPartners, func(ctx context.Context, tx pg.Tx) ([]id.ID, error) {
		return postgres.Unfrozen(ctx, tx, month, frozenAtOnce)
	})
	if err != nil {
		return err
	}
	for _, partner := range partners {
		list := postgres.CreditList{Partner: partner, Month: month, Limit: creditsFrozen}
		err := u.DB.InSystem(ctx, acrossPartners, func(ctx context.Context, tx pg.Tx) error {
			return postgres.FreezeCredits(ctx, tx, list, u.Clock.Now())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// SetRevenuesIn is what clients pay in a month, as the platform tells.
type SetRevenuesIn struct {
	Month domain.Month
	Rows  []domain.Revenue
	Key   idempotency.Key
}

// SetRevenues stores each row for itself, unless the month is frozen.
func (u Credits) SetRevenues(ctx context.Context, in SetRevenuesIn) (*v1.BatchSetRevenuesResponse, error) {
	now := u.Clock.Now()
	if in.Month.StageAt(now) == domain.Frozen {
		return nil, domain.CreditsFrozen
	}
	return pg.InSystem(ctx, u.DB, "the platform tells what clients of all partners pay",
		func(ctx context.Context, tx pg.Tx) (*v1.BatchSetRevenuesResponse, error) {
			return idempotency.Do(ctx, tx, in.Key, func() (*v1.BatchSetRevenuesResponse, error) {
				out := &v1.BatchSetRevenuesResponse{}
				for _, r := range in.Rows {
					r.Month, r.Time = in.Month, now
					stored, err := postgres.SaveRevenue(ctx, tx, r)
					if err != nil {
						return nil, err
					}
					result := &v1.RevenueResult{PartnerId: r.PartnerID.Text(contract.Organization), ClientId: r.ClientID.Text(contract.Organization)}
					if !stored {
						result.ErrorReason = string(domain.NotFound)
					}
					out.Results = append(out.Results, result)
				}
				return out, nil
			})
		})
}

// warnUntagged tells at once that a visit that just began costs the credit: the
// first of the person there in the month.
func warnUntagged(ctx context.Context, tx pg.Tx, c domain.Collaborator, s domain.SupportSession) error {
	held, err := postgres.HeldTag(ctx, tx, c, s.StartTime)
	if err != nil || held != nil {
		return err
	}
	again, err := postgres.EnteredUntagged(ctx, tx, s)
	if err != nil || again {
		return err
	}
	return outbox.Append(ctx, tx, contract.EnteredUntagged(c, s))
}
