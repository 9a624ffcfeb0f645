package app

import (
	"context"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// sweepBatch is how many overdue visits one sweep ends at most.
const sweepBatch = 500

// closeVisit ends a visit now: the decision denies first, so that a crash leaves
// nothing open; our row follows. Repeating it is harmless.
func closeVisit(ctx context.Context, d Deps, session id.ID, by domain.VisitEnd) (s domain.SupportSession, err error) {
	if err := d.Membership.CloseSessions(ctx, []id.ID{session}); err != nil {
		return s, err
	}
	err = d.DB.InSystem(ctx, "ending a support session", func(ctx context.Context, tx pg.Tx) error {
		if s, err = postgres.LockSession(ctx, tx, session); err != nil {
			return err
		}
		by.Time = d.Clock.Now()
		return endVisit(ctx, tx, &s, by)
	})
	return s, err
}

// EndVisit ends one's own visit, or, for a partner administrator, anybody's.
type EndVisit struct{ Deps }

// Do ends the visit. One that is somebody else's is not found, unless the
// person administers the partner's assignments.
func (u EndVisit) Do(ctx context.Context, partner, user, session id.ID) (domain.SupportSession, error) {
	s, err := pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) (domain.SupportSession, error) {
		return postgres.LockSession(ctx, tx, session)
	})
	if err != nil {
		return s, err
	}
	if s.UserID != user {
		allowed, err := u.Decider.Decide(ctx, authz.Question{
			UserID: user, OrganizationID: partner,
			Feature: "aval/partner/assignments", Level: authzv1.Level_LEVEL_APPROVER,
		})
		if err != nil {
			return s, err
		}
		if !allowed {
			return s, domain.NotFound
		}
	}
	return closeVisit(ctx, u.Deps, session, domain.VisitEnd{Actor: user, Side: domain.PartnerSide})
}

// StopVisit ends a visit from inside the product that it takes place in.
type StopVisit struct{ Deps }

// Do ends the visit in the name of its collaborator, who pressed stop. A visit
// in another product is not found.
func (u StopVisit) Do(ctx context.Context, session id.ID, spiffe string) (domain.SupportSession, error) {
	details, err := pg.InSystem(ctx, u.DB, "a product stops a support session", func(ctx context.Context, tx pg.Tx) (postgres.SessionDetails, error) {
		return postgres.Session(ctx, tx, session)
	})
	if err != nil {
		return domain.SupportSession{}, err
	}
	if details.SpiffeID != spiffe {
		return domain.SupportSession{}, domain.NotFound
	}
	return closeVisit(ctx, u.Deps, session, domain.VisitEnd{Actor: details.UserID, Side: domain.PartnerSide})
}

// SweepVisits ends visits whose time is over and that nobody ended: the
// decision knows their absolute end and not their idleness.
type SweepVisits struct{ Deps }

// Do ends a batch; what remains is the next sweep's.
func (u SweepVisits) Do(ctx context.Context) error {
	overdue, err := pg.InSystem(ctx, u.DB, "sweeping support sessions", func(ctx context.Context, tx pg.Tx) ([]id.ID, error) {
		return postgres.OverdueSessions(ctx, tx, u.Clock.Now(), sweepBatch)
	})
	if err != nil {
		return err
	}
	for _, session := range overdue {
		if _, err := closeVisit(ctx, u.Deps, session, domain.VisitEnd{}); err != nil {
			return err
		}
	}
	return nil
}
