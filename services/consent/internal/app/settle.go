package app

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const (
	// settleDelay leaves the first try to the call that made the change.
	settleDelay = 5 * time.Second
	// maxGrantsPerCall is membership's bound.
	maxGrantsPerCall = 500
)

// SettleGrant is the job that brings one grant to the decision, however often
// it takes.
type SettleGrant struct {
	ClientID  id.ID     `json:"client_id"`
	GrantID   id.ID     `json:"grant_id"`
	NotBefore time.Time `json:"-"`
}

// Kind names the job.
func (SettleGrant) Kind() string { return "settle_grant" }

// InsertOpts says when the job starts.
func (s SettleGrant) InsertOpts() river.InsertOpts { return river.InsertOpts{ScheduledAt: s.NotBefore} }

// Settle makes the decision know grants as they are: those in force are
// applied, the others ended. It is idempotent, and a repetition waits again.
type Settle struct{ Deps }

// Ended counts what settling took out of force.
type Ended struct{ Grants, Visits int }

// Do returns once the decision has confirmed every grant.
func (u Settle) Do(ctx context.Context, grants []domain.Grant) (Ended, error) {
	var count Ended
	for start := 0; start < len(grants); start += maxGrantsPerCall {
		some, err := u.batch(ctx, grants[start:min(start+maxGrantsPerCall, len(grants))])
		if err != nil {
			return Ended{}, err
		}
		count.Grants += some.Grants
		count.Visits += some.Visits
	}
	return count, nil
}

func (u Settle) batch(ctx context.Context, grants []domain.Grant) (Ended, error) {
	var live, over []domain.Grant
	var count Ended
	for _, g := range grants {
		switch {
		case g.State == domain.GrantActive:
			live = append(live, g)
		default:
			over = append(over, g)
			if !g.IsSettled() {
				count.Grants++
			}
		}
	}
	if len(live) > 0 {
		if err := u.Siblings.Apply(ctx, live); err != nil {
			return Ended{}, err
		}
	}
	if len(over) > 0 {
		var err error
		if count.Visits, err = u.Siblings.End(ctx, over); err != nil {
			return Ended{}, err
		}
	}
	// A crash before this confirms again. A newer version of a grant stays unsettled.
	return count, u.grants.Settle(ctx, u.DB, grants)
}

// Run is the job: nothing to do when the call that made the change succeeded.
func (u Settle) Run(ctx context.Context, job SettleGrant) error {
	var grant domain.Grant
	err := u.DB.InSystem(ctx, "settling grants", func(ctx context.Context, tx pg.Tx) error {
		found, ok, err := u.grants.ByID(ctx, tx, job.ClientID, job.GrantID)
		if err == nil && !ok {
			return fmt.Errorf("settling grant %s: there is no such grant", job.GrantID)
		}
		grant = found
		return err
	})
	if err != nil || grant.IsSettled() {
		return err
	}
	_, err = u.Do(ctx, []domain.Grant{grant})
	return err
}

func (d Deps) settleLater(ctx context.Context, tx pg.Tx, g domain.Grant, now time.Time) error {
	return d.Jobs.Insert(ctx, tx, settling(g, now))
}

func settling(g domain.Grant, now time.Time) SettleGrant {
	return SettleGrant{ClientID: g.ClientID, GrantID: g.ID, NotBefore: now.Add(settleDelay)}
}

// waitForEnd settles grants that are over. When that cannot finish, the end is
// durable all the same, and the answer says that it is not complete.
func (d Deps) waitForEnd(ctx context.Context, grants []domain.Grant) (Ended, error) {
	count, err := Settle{d}.Do(ctx, grants)
	if err != nil {
		return Ended{}, fault.New(reasonv1.Reason_REASON_REVOCATION_PENDING,
			fault.Cause(err), fault.RetryAfter(time.Second))
	}
	return count, nil
}
