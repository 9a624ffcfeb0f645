package app

import (
	"context"
	"errors"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// SelectContext lets a signed-in person choose where they act.
type SelectContext struct {
	Membership Membership
	Policy     domain.FactorPolicy
	Rotate     Rotate
}

// Do answers REASON_NOT_FOUND where the person is no member, and
// REASON_FACTOR_ENROLMENT_REQUIRED where they may not act without a second
// factor.
func (u SelectContext) Do(ctx context.Context, in Selection) (Opened, error) {
	standing, err := u.Membership.StandingIn(ctx, in.UserID, in.OrganizationID)
	if err != nil {
		return Opened{}, err
	}
	in.Name, in.NeedsFactor = standing.Name, u.Policy.Asks(standing.PartnerAdministrator)
	return u.Rotate.Do(ctx, in)
}

// Rotate moves a person from one session to the next, in an
// organisation of which membership said that they belong to it (R95).
type Rotate struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Selection is whose session goes where.
type Selection struct {
	SessionID, UserID, OrganizationID id.ID
	// Name is the person's in that organisation.
	Name string
	// NeedsFactor says that nobody goes there without a second factor.
	NeedsFactor bool
}

// Do ends the session and opens its successor in one transaction: of two calls
// at once one gets REASON_SESSION_EXPIRED.
func (u Rotate) Do(ctx context.Context, in Selection) (Opened, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		return u.rotate(ctx, tx, in)
	})
}

func (u Rotate) rotate(ctx context.Context, tx pg.Tx, in Selection) (Opened, error) {
	now := u.Clock.Now()
	old, err := postgres.LockSession(ctx, tx, in.SessionID, in.UserID)
	if errors.Is(err, pg.ErrNoRows) || err == nil && !old.Live(now) {
		return Opened{}, fault.New(reasonv1.Reason_REASON_SESSION_EXPIRED)
	}
	if err == nil {
		err = checkFactors(ctx, tx, old, in.NeedsFactor)
	}
	if err != nil {
		return Opened{}, err
	}
	if err := postgres.EndSession(ctx, tx, old.ID, postgres.End{Reason: domain.Rotated, Now: now}); err != nil {
		return Opened{}, err
	}
	next := old.Rotate(domain.Choice{
		SessionID: id.New(), OrganizationID: in.OrganizationID, Name: in.Name, Now: now,
	})
	return store(ctx, tx, next)
}

// checkFactors asks again what the token said, for tokens outlive changes by
// minutes.
func checkFactors(ctx context.Context, tx pg.Tx, s domain.Session, needed bool) error {
	s, err := owing(ctx, tx, s)
	switch {
	case err != nil:
		return err
	case len(s.FactorsDue) > 0:
		return fault.New(reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED)
	case needed && !s.MultiFactor():
		return fault.New(reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED)
	default:
		return nil
	}
}
