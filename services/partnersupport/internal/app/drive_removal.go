package app

import (
	"context"
	"errors"
	"time"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

const (
	// driveTimeout bounds one driver. What it does not finish the next one does.
	driveTimeout = 12 * time.Second
	// removalLease keeps a second driver away. One that comes because a sibling
	// is slow does no harm: of two that end a stage, one is refused.
	removalLease = 3 * time.Second
	// releaseTimeout bounds giving the lease back after a failure.
	releaseTimeout = 2 * time.Second
	// handoverPause is between two looks at a removal that somebody else drives.
	handoverPause = 100 * time.Millisecond
)

// DriveRemoval takes a removal through the services, one stage after the
// other. Every stage is harmless to repeat.
type DriveRemoval struct{ Deps }

// Do drives the removal to its end, or waits for another driver to. It is
// refused with InFlight when that one takes too long; an error of a sibling
// leaves the stage to the next driver.
func (u DriveRemoval) Do(ctx context.Context, partner, removal id.ID) (domain.Removal, error) {
	ctx, cancel := context.WithTimeout(ctx, driveTimeout)
	defer cancel()
	pause := time.NewTicker(handoverPause)
	defer pause.Stop()
	for {
		r, err := u.Try(ctx, partner, removal)
		if !errors.Is(err, domain.InFlight) {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, err
		case <-pause.C:
		}
	}
}

// Try drives the removal unless somebody else does: InFlight.
func (u DriveRemoval) Try(ctx context.Context, partner, removal id.ID) (domain.Removal, error) {
	r, err := u.lease(ctx, partner, removal)
	if err != nil {
		return domain.Removal{}, err
	}
	if r.Stage == domain.RemovalDone {
		return *r, nil
	}
	err = u.drive(ctx, r)
	return *r, errors.Join(err, u.release(ctx, *r))
}

func (u DriveRemoval) lease(ctx context.Context, partner, removal id.ID) (r *domain.Removal, err error) {
	now := u.Clock.Now()
	err = u.DB.InTenant(ctx, partner, func(ctx context.Context, tx pg.Tx) error {
		r, err = postgres.LeaseRemoval(ctx, tx, postgres.RemovalLease{
			Partner: partner, Removal: removal, Now: now, Until: now.Add(removalLease),
		})
		return err
	})
	if err == nil && r == nil {
		return nil, domain.InFlight
	}
	return r, err
}

func (u DriveRemoval) drive(ctx context.Context, r *domain.Removal) error {
	for r.Stage != domain.RemovalDone {
		ended, err := u.step(ctx, *r)
		if err != nil {
			return err
		}
		from := r.Stage
		if err := r.Advance(ended, u.Clock.Now()); err != nil {
			return err
		}
		err = u.DB.InTenant(ctx, r.PartnerID, func(ctx context.Context, tx pg.Tx) error {
			return postgres.SaveRemoval(ctx, tx, *r, from)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// step does the present stage. Visits, requests and grants were counted in our
// own rows at the start, so that no crash loses them: of the siblings' counts
// stays what we did not know of.
func (u DriveRemoval) step(ctx context.Context, r domain.Removal) (ended domain.Receipt, err error) {
	switch r.Stage {
	case domain.RemoveVisits:
		return ended, u.closeVisits(ctx, r)
	case domain.RemoveConsents:
		theirs, err := u.Consent.TerminateForPerson(ctx, r)
		return domain.Receipt{Grants: max(theirs.Grants-r.Grants, 0)}, err
	case domain.RemoveSessions:
		ended.BrowserSessions, err = u.Identity.EndSessions(ctx, r)
	case domain.RemoveMembership:
		return u.endMembership(ctx, r)
	case domain.RemovalDone:
	}
	return ended, err
}

// endMembership ends what was opened while the browser's sessions ended, too.
// It leaves somebody alone who has come back: then the membership that the
// removal is about is over, and theirs is a new one.
func (u DriveRemoval) endMembership(ctx context.Context, r domain.Removal) (ended domain.Receipt, err error) {
	var back *domain.Collaborator
	err = u.DB.InTenant(ctx, r.PartnerID, func(ctx context.Context, tx pg.Tx) (err error) {
		back, err = postgres.CollaboratorOf(ctx, tx, r.PartnerID, r.UserID)
		return err
	})
	if err != nil || back != nil {
		return ended, err
	}
	if ended.Grants, err = u.Membership.EndMembership(ctx, r.PartnerID, r.UserID); err != nil {
		return ended, err
	}
	ended.BrowserSessions, err = u.Identity.EndSessions(ctx, r)
	return ended, err
}

func (u DriveRemoval) closeVisits(ctx context.Context, r domain.Removal) error {
	var open []id.ID
	err := u.DB.InTenant(ctx, r.PartnerID, func(ctx context.Context, tx pg.Tx) (err error) {
		open, err = postgres.UnexpiredSessions(ctx, tx, r, u.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	return u.Membership.CloseSessions(ctx, open)
}

// release lets the next driver in at once, even when the caller is gone.
func (u DriveRemoval) release(ctx context.Context, r domain.Removal) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	return u.DB.InTenant(ctx, r.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		return postgres.ReleaseRemoval(ctx, tx, r)
	})
}
