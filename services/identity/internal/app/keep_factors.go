package app

import (
	"context"
	"errors"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// KeepFactors is what a person does with the factors that they have.
type KeepFactors struct {
	DB    *pg.DB
	Clock clock.Clock
}

// List gives a part of the person's factors, and how many recovery codes are
// left.
func (u KeepFactors) List(ctx context.Context, user, after id.ID, limit int) (list []domain.Factor, left int64, err error) {
	err = u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		if list, err = postgres.ListFactors(ctx, tx, user, after, limit); err != nil {
			return err
		}
		left, err = postgres.CountRecoveryCodes(ctx, tx, user)
		return err
	})
	return list, left, err
}

// Enrolled tells whether the person has a factor; nobody has none.
func (u KeepFactors) Enrolled(ctx context.Context, user id.ID) (bool, error) {
	return hasFactor(ctx, u.DB, user)
}

func hasFactor(ctx context.Context, db *pg.DB, user id.ID) (bool, error) {
	kinds, err := pg.InApp(ctx, db, func(ctx context.Context, tx pg.Tx) ([]domain.FactorKind, error) {
		return postgres.ListFactorKinds(ctx, tx, user)
	})
	return len(kinds) > 0, err
}

// FactorName is a new name for whose factor.
type FactorName struct {
	UserID, FactorID id.ID
	Name             string
}

// Rename gives the factor as it is now.
func (u KeepFactors) Rename(ctx context.Context, tx pg.Tx, in FactorName) (domain.Factor, error) {
	renamed, err := postgres.RenameFactor(ctx, tx, in.UserID, in.FactorID, in.Name)
	if errors.Is(err, pg.ErrNoRows) {
		err = fault.NotFound()
	}
	return renamed, err
}

// Remove takes a factor away; with the last one go the recovery codes, which
// stand in for it.
func (u KeepFactors) Remove(ctx context.Context, h Holder, factor id.ID) error {
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		now := u.Clock.Now()
		if _, err := lockSteppedUp(ctx, tx, h, now); err != nil {
			return err
		}
		gone, err := postgres.DeleteFactor(ctx, tx, h.UserID, factor)
		if errors.Is(err, pg.ErrNoRows) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		left, err := postgres.ListFactors(ctx, tx, h.UserID, id.ID{}, 1)
		if err == nil && len(left) == 0 {
			err = postgres.ReplaceRecoveryCodes(ctx, tx, h.UserID, nil, now)
		}
		if err != nil {
			return err
		}
		return tell(ctx, tx, h.UserID, &identityv1.UserFactorRemoved{UserId: h.UserID.Text("usr"), Kind: KindToProto(gone.Kind)})
	})
}

// RecoveryCodes makes ten new ones; REASON_FACTOR_ENROLMENT_REQUIRED without a
// factor that they could stand in for.
func (u KeepFactors) RecoveryCodes(ctx context.Context, h Holder) ([]string, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) ([]string, error) {
		now := u.Clock.Now()
		if _, err := lockSteppedUp(ctx, tx, h, now); err != nil {
			return nil, err
		}
		factors, err := postgres.ListFactors(ctx, tx, h.UserID, id.ID{}, 1)
		if err == nil && len(factors) == 0 {
			err = fault.New(reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED)
		}
		if err != nil {
			return nil, err
		}
		return makeRecoveryCodes(ctx, tx, h.UserID, now)
	})
}

// ResetFactors is the operator's, for a person who lost all of them.
type ResetFactors struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Do ends all sessions of the person; REASON_NOT_FOUND for nobody.
func (u ResetFactors) Do(ctx context.Context, user id.ID) (int64, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (int64, error) {
		err := postgres.LockUser(ctx, tx, user)
		if errors.Is(err, pg.ErrNoRows) {
			return 0, fault.NotFound()
		}
		if err != nil {
			return 0, err
		}
		removed, err := postgres.DeleteFactors(ctx, tx, user)
		if err != nil || removed == 0 {
			return 0, err
		}
		end := postgres.End{Reason: domain.EndedByService, Now: u.Clock.Now()}
		if _, err := postgres.EndSessions(ctx, tx, user, nil, end); err != nil {
			return 0, err
		}
		return removed, tell(ctx, tx, user, &identityv1.UserFactorsReset{UserId: user.Text("usr")})
	})
}
