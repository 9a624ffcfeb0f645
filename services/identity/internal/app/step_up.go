package app

import (
	"context"
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
// nothing. REASON_SECOND_FACTOR_REQUIRED for whoever has a second factor: they
// prove that (StepUpByFactor).
func (u ConfirmIdentity) Do(ctx context.Context, in Confirmation) (Opened, error) {
	account, err := ownAccount(ctx, u.DB, in.UserID)
	if err != nil {
		return Opened{}, err
	}
	enrolled, err := hasFactor(ctx, u.DB, in.UserID)
	if err == nil && enrolled {
		err = fault.New(reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED)
	}
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
		return retype(ctx, tx, Holder{SessionID: in.SessionID, UserID: in.UserID}, u.Clock.Now())
	})
}

// retype rotates a live session of a person who has just typed their password
// again.
func retype(ctx context.Context, tx pg.Tx, h Holder, now time.Time) (Opened, error) {
	old, err := lockHolder(ctx, tx, h, now)
	if err != nil {
		return Opened{}, err
	}
	kinds, err := postgres.ListFactorKinds(ctx, tx, h.UserID)
	if err != nil {
		return Opened{}, err
	}
	return replace(ctx, tx, old, old.Retype(id.New(), kinds, now))
}
