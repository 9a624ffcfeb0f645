package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

// VerifyFactor proves a second factor after the password.
type VerifyFactor struct{ Prove ProveFactor }

// Do gives the session that goes on, with the power to choose an organisation.
func (u VerifyFactor) Do(ctx context.Context, in Proving) (Opened, error) {
	return u.Prove.Do(ctx, in, func(s domain.Session, by []domain.Method, now time.Time) domain.Session {
		return s.Prove(id.New(), by, now)
	})
}

// StepUpByFactor proves a factor again, before what could harm.
type StepUpByFactor struct{ Prove ProveFactor }

// Do gives the session that goes on, stepped up.
func (u StepUpByFactor) Do(ctx context.Context, in Proving) (Opened, error) {
	return u.Prove.Do(ctx, in, func(s domain.Session, by []domain.Method, now time.Time) domain.Session {
		return s.Prove(id.New(), by, now).StepUp(id.New(), now)
	})
}
