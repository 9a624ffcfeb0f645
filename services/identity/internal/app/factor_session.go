package app

import (
	"context"
	"errors"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Holder is a signed-in person and the session that asks.
type Holder struct{ SessionID, UserID id.ID }

// lockHolder locks the person, then their session, in the order of all that
// changes sessions; REASON_SESSION_EXPIRED for one that is over.
func lockHolder(ctx context.Context, tx pg.Tx, h Holder, now time.Time) (domain.Session, error) {
	err := postgres.LockUser(ctx, tx, h.UserID)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return domain.Session{}, err
	}
	s, err := postgres.LockSession(ctx, tx, h.SessionID, h.UserID)
	if errors.Is(err, pg.ErrNoRows) || err == nil && !s.Live(now) {
		return domain.Session{}, over(err)
	}
	return s, err
}

// lockProven is lockHolder for adding a factor: whoever signed in just now need
// not prove it again.
func lockProven(ctx context.Context, tx pg.Tx, h Holder, now time.Time) (domain.Session, error) {
	s, err := lockHolder(ctx, tx, h, now)
	if err == nil && !s.JustProven(now) {
		err = fault.New(reasonv1.Reason_REASON_STEP_UP_REQUIRED)
	}
	return s, err
}

// lockSteppedUp is lockHolder for what takes a defence away. A second look that
// was taken before the person had a factor counts no more.
func lockSteppedUp(ctx context.Context, tx pg.Tx, h Holder, now time.Time) (domain.Session, error) {
	s, err := lockHolder(ctx, tx, h, now)
	if err != nil {
		return s, err
	}
	if !s.SteppedUp(now) {
		return s, fault.New(reasonv1.Reason_REASON_STEP_UP_REQUIRED)
	}
	return s, checkFactors(ctx, tx, s, false)
}

// replace ends a session and stores the one that follows it.
func replace(ctx context.Context, tx pg.Tx, old, next domain.Session) (Opened, error) {
	if err := postgres.EndSession(ctx, tx, old.ID, postgres.End{Reason: domain.Rotated, Now: next.CreateTime}); err != nil {
		return Opened{}, err
	}
	return store(ctx, tx, next)
}

// owing gives the session with what the person still has to prove.
func owing(ctx context.Context, tx pg.Tx, s domain.Session) (domain.Session, error) {
	kinds, err := postgres.ListFactorKinds(ctx, tx, s.UserID)
	return s.Owes(kinds), err
}
