package app

import (
	"context"
	"time"

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
	// Block reports the partner with the no, and keeps it from asking.
	Block bool
	// RemindAfter is when to ask this approver again after a not-now; 0: never.
	RemindAfter time.Duration
	Reason      string
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
		By: p.By, For: p.For, NotNow: n.NotNow, RemindAfter: n.RemindAfter, Reason: n.Reason, Evidence: n.evidence(), Now: now,
	})
	if err != nil {
		return err
	}
	if err := u.save(ctx, tx, c, step); err != nil {
		return err
	}
	if n.NotNow {
		return u.recallLater(ctx, tx, n, p)
	}
	if n.Block {
		_, err := u.block(ctx, tx, Blocking{ClientID: r.ClientID, PartnerID: r.PartnerID, Actor: step.Actor, Reason: n.Reason})
		return err
	}
	return u.links.Extend(ctx, tx, r.ID, now.Add(domain.OverturnTerm))
}

// recallLater asks the approver again when they want to be asked.
func (u Decline) recallLater(ctx context.Context, tx pg.Tx, n Denial, p Parties) error {
	if n.RemindAfter == 0 {
		return nil
	}
	return u.Jobs.Insert(ctx, tx, RecallApprover{
		ClientID: n.ClientID, ConsentID: n.ConsentID, ApproverID: p.By.UserID, NotBefore: u.Clock.Now().Add(n.RemindAfter),
	})
}
