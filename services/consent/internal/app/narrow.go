package app

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// Narrow leaves less of an access, without another consent.
type Narrow struct{ Deps }

// Less names the consent and says what is left.
type Less struct {
	ClientID, ConsentID id.ID
	domain.Narrowing
	Key idempotency.Key
}

// Do commits first, then waits until nobody goes by what was before. What is as
// narrow already is waited for again.
func (u Narrow) Do(ctx context.Context, l Less) (domain.Record, error) {
	decided, err := u.Decide(ctx, l)
	if err != nil {
		return domain.Record{}, err
	}
	_, err = u.waitForEnd(ctx, decided.Grants)
	return decided.Record, err
}

// Decide is the transaction.
func (u Narrow) Decide(ctx context.Context, l Less) (Decided, error) {
	l.Now = u.Clock.Now()
	return pg.InTenant(ctx, u.DB, l.ClientID, func(ctx context.Context, tx pg.Tx) (out Decided, err error) {
		_, err = idempotency.Do(ctx, tx, l.Key, func() (*emptypb.Empty, error) {
			return &emptypb.Empty{}, u.narrow(ctx, tx, l)
		})
		if err != nil {
			return Decided{}, err
		}
		if out.Record, err = u.consents.ByID(ctx, tx, l.ClientID, l.ConsentID); err != nil {
			return Decided{}, err
		}
		out.Grants, err = u.grantOf(ctx, tx, l.ClientID, l.ConsentID)
		if err != nil || !out.Record.Team {
			return out, err
		}
		err = u.eachUnder(ctx, tx, out.Record, func(r domain.Record) error {
			more, err := u.grantOf(ctx, tx, r.ClientID, r.ID)
			out.Grants = append(out.Grants, more...)
			return err
		})
		return out, err
	})
}

func (u Narrow) narrow(ctx context.Context, tx pg.Tx, l Less) error {
	r, err := u.consents.Lock(ctx, tx, l.ClientID, l.ConsentID)
	if err != nil {
		return err
	}
	c := domain.Restore(r)
	step, changed, err := c.Narrow(l.Narrowing)
	if err != nil {
		return err
	}
	if changed {
		if err := u.leave(ctx, tx, c, fact{step: step, before: r.Standing()}); err != nil {
			return err
		}
	}
	if !r.Team {
		return nil
	}
	return u.eachUnder(ctx, tx, r, func(r domain.Record) error {
		c := domain.Restore(r)
		step, changed := c.NarrowWith(l.Narrowing)
		if !changed {
			return nil
		}
		return u.leave(ctx, tx, c, fact{step: step, before: r.Standing()})
	})
}

// eachUnder goes over what follows from a yes to a whole team.
func (u Narrow) eachUnder(ctx context.Context, tx pg.Tx, team domain.Record, do func(domain.Record) error) error {
	var after id.ID
	for {
		under, err := u.consents.LockUnderTeam(ctx, tx, team, after)
		if err != nil || len(under) == 0 {
			return err
		}
		for _, r := range under {
			if err := do(r); err != nil {
				return err
			}
			after = r.ID
		}
	}
}

// leave stores what is left, and sees to it that the decision hears of it and
// both sides of the end, if that is nearer.
func (u Narrow) leave(ctx context.Context, tx pg.Tx, c *domain.Consent, f fact) error {
	r := c.Record()
	grant, ok, err := u.grants.ByConsent(ctx, tx, r.ClientID, r.ID)
	if err != nil {
		return err
	}
	if ok {
		grant = grant.Narrow(r)
		if err := u.grants.Update(ctx, tx, grant); err != nil {
			return err
		}
		if err := u.settleLater(ctx, tx, grant, f.step.Time); err != nil {
			return err
		}
	}
	if !r.ExpireTime.Equal(f.before.Until) {
		if err := u.noticeLater(ctx, tx, r); err != nil {
			return err
		}
	}
	if err := u.saveAs(ctx, tx, c, f); err != nil {
		return err
	}
	return u.tellExtensions(ctx, tx, r)
}

// tellExtensions has the requests for more than an access gives say what runs by
// now: whoever reads the old text is shown the new one before their answer counts.
func (u Narrow) tellExtensions(ctx context.Context, tx pg.Tx, given domain.Record) error {
	waiting, err := u.consents.LockExtensions(ctx, tx, given)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		c := domain.Restore(r)
		c.NoteRunning(given)
		if err := u.consents.SaveExtends(ctx, tx, c.Record()); err != nil {
			return err
		}
	}
	return nil
}
