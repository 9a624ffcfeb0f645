package app

import (
	"context"
	"errors"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// ConfirmIdentity asks a signed-in person for the password again; for 10 minutes
// their session may then do what could harm.
type ConfirmIdentity struct {
	DB    *pg.DB
	Clock clock.Clock
	Check CheckPassword
}

// Confirmation says whose session, and what was typed.
type Confirmation struct {
	SessionID, UserID id.ID
	Password          string
	Origin            domain.Origin
}

// Do ends the session and opens its successor: who knew the old token gains
// nothing.
func (u ConfirmIdentity) Do(ctx context.Context, in Confirmation) (Opened, error) {
	account, err := ownAccount(ctx, u.DB, in.UserID)
	if err != nil {
		return Opened{}, err
	}
	proven, err := u.Check.Do(ctx, Try{Key: keyOf(account.User.Email), Account: account, Password: in.Password, Origin: in.Origin})
	if err != nil {
		return Opened{}, err
	}
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		if err := u.Check.Forgive(ctx, tx, proven); err != nil {
			return Opened{}, err
		}
		return stepUp(ctx, tx, in.SessionID, in.UserID, u.Clock.Now())
	})
}

// stepUp rotates a live session of a person who has just proved again who they
// are.
func stepUp(ctx context.Context, tx pg.Tx, session, user id.ID, now time.Time) (Opened, error) {
	old, err := liveSession(ctx, tx, session, user, now)
	if err != nil {
		return Opened{}, err
	}
	if err := postgres.EndSession(ctx, tx, old.ID, postgres.End{Reason: domain.Rotated, Now: now}); err != nil {
		return Opened{}, err
	}
	return store(ctx, tx, old.StepUp(id.New(), now))
}

// requireStepUp refuses a session whose person has not just proved again who
// they are.
func requireStepUp(ctx context.Context, tx pg.Tx, session, user id.ID, now time.Time) error {
	s, err := liveSession(ctx, tx, session, user, now)
	if err == nil && !s.SteppedUp(now) {
		err = fault.New(reasonv1.Reason_REASON_STEP_UP_REQUIRED)
	}
	return err
}

// liveSession locks a person's own session; REASON_SESSION_EXPIRED once it is over.
func liveSession(ctx context.Context, tx pg.Tx, session, user id.ID, now time.Time) (domain.Session, error) {
	s, err := postgres.LockSession(ctx, tx, session, user)
	if errors.Is(err, pg.ErrNoRows) || err == nil && !s.Live(now) {
		return s, over(err)
	}
	return s, err
}
