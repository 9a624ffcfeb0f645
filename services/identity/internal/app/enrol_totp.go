package app

import (
	"context"
	"errors"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/totp"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// StartTotp makes the secret of an authenticator app.
type StartTotp struct{ Prove ProveFactor }

// NewTotp is a secret, seen this once.
type NewTotp struct {
	FactorID    id.ID
	Secret, URI string
}

// Do voids a secret that waited; REASON_FACTOR_EXISTS where an app is in force.
func (u StartTotp) Do(ctx context.Context, h Holder) (NewTotp, error) {
	return pg.InApp(ctx, u.Prove.DB, func(ctx context.Context, tx pg.Tx) (NewTotp, error) {
		now := u.Prove.Clock.Now()
		if _, err := lockProven(ctx, tx, h, now); err != nil {
			return NewTotp{}, err
		}
		if _, err := postgres.FindTotp(ctx, tx, h.UserID); !errors.Is(err, pg.ErrNoRows) {
			return NewTotp{}, existsOr(err)
		}
		user, err := postgres.FindUser(ctx, tx, h.UserID)
		if err != nil {
			return NewTotp{}, err
		}
		secret := totp.NewSecret()
		pending := postgres.TotpSecret{FactorID: id.New(), Sealed: u.Prove.Vault.Seal(secret, h.UserID[:]), CreateTime: now}
		made := NewTotp{FactorID: pending.FactorID, Secret: totp.Text(secret), URI: totp.URI(secret, "Aval", user.Email)}
		return made, postgres.ReplacePendingTotp(ctx, tx, h.UserID, pending)
	})
}

func existsOr(err error) error {
	if err != nil {
		return err
	}
	return fault.New(reasonv1.Reason_REASON_FACTOR_EXISTS)
}

// ConfirmTotp enrols an app by its first code.
type ConfirmTotp struct{ Prove ProveFactor }

// FirstCode is an app's first code, and the person's name for the app.
type FirstCode struct {
	Holder
	FactorID   id.ID
	Code, Name string
	Origin     domain.Origin
}

// Do answers REASON_FACTOR_REFUSED for a wrong code, which is counted like any;
// REASON_CHALLENGE_EXPIRED where no secret waits.
func (u ConfirmTotp) Do(ctx context.Context, in FirstCode) (Enrolled, error) {
	proven, err := u.Prove.reserve(ctx, Proving{Holder: in.Holder, Origin: in.Origin})
	if err != nil {
		return Enrolled{}, err
	}
	return pg.InApp(ctx, u.Prove.DB, func(ctx context.Context, tx pg.Tx) (Enrolled, error) {
		now := u.Prove.Clock.Now()
		s, err := lockProven(ctx, tx, in.Holder, now)
		if err != nil {
			return Enrolled{}, err
		}
		step, err := u.firstStep(ctx, tx, in, now)
		if err != nil {
			return Enrolled{}, err
		}
		f := domain.Factor{ID: in.FactorID, Kind: domain.Totp, Name: in.Name, CreateTime: now, UseTime: now}
		if err := postgres.ConfirmTotp(ctx, tx, f, step); err != nil {
			return Enrolled{}, err
		}
		if err := u.Prove.Check.Forgive(ctx, tx, proven); err != nil {
			return Enrolled{}, err
		}
		return enrol(ctx, tx, s, f)
	})
}

func (u ConfirmTotp) firstStep(ctx context.Context, tx pg.Tx, in FirstCode, now time.Time) (int64, error) {
	pending, err := postgres.LockPendingTotp(ctx, tx, in.UserID, in.FactorID)
	if errors.Is(err, pg.ErrNoRows) || err == nil && now.After(pending.CreateTime.Add(domain.TotpEnrolment)) {
		return 0, fault.New(reasonv1.Reason_REASON_CHALLENGE_EXPIRED)
	}
	if err != nil {
		return 0, err
	}
	secret, err := u.Prove.Vault.Open(pending.Sealed, in.UserID[:])
	if err != nil {
		return 0, err
	}
	step, ok, err := totp.Find(secret, in.Code, pending.Step, now)
	if err == nil && !ok {
		err = factorRefused(nil)
	}
	return step, err
}
