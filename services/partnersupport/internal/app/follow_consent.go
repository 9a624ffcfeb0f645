package app

import (
	"context"
	"errors"
	"time"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/job"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// ConsentConsumer is the durable consumer of consent's facts.
const ConsentConsumer = "partnersupport-consent"

// FollowConsent keeps assignments in step with the clients' answers.
type FollowConsent struct{ Deps }

// Answer is how far a consent has come, as an event or consent itself says.
type Answer struct {
	EventID                          id.ID // zero: not an event
	PartnerID, Assignment, ConsentID id.ID
	State                            domain.ConsentState
	ExpireTime                       *time.Time
	Actor                            id.ID
	Time                             time.Time
}

// Do moves the assignment where the answer leads; an answer that the
// assignment is beyond already changes nothing.
func (u FollowConsent) Do(ctx context.Context, a Answer) error {
	return u.DB.InSystem(ctx, "a client answered", func(ctx context.Context, tx pg.Tx) error {
		if !a.EventID.IsZero() {
			first, err := inbox.Once(ctx, tx, ConsentConsumer, a.EventID)
			if err != nil || !first {
				return err
			}
		}
		if err := postgres.LockWithExtended(ctx, tx, a.PartnerID, a.Assignment); err != nil {
			return err
		}
		e, _, err := lockEnding(ctx, tx, a.PartnerID, a.Assignment)
		if err != nil {
			return err
		}
		if e.assignment.Live() {
			return follow(ctx, tx, e, a)
		}
		revived, err := revive(ctx, tx, e.assignment, a)
		if err != nil || revived {
			return err
		}
		return u.takeBack(ctx, tx, e.assignment, a)
	})
}

// revive makes an assignment active again whose client turned its no into a yes,
// as long as the partner still works there with that person, be they suspended for
// now, and has not asked anew meanwhile.
func revive(ctx context.Context, tx pg.Tx, over domain.Assignment, a Answer) (bool, error) {
	if a.State != domain.ConsentGiven || over.ConsentID != a.ConsentID || over.Revive() != nil {
		return false, nil
	}
	c, err := postgres.LockCollaborator(ctx, tx, over.PartnerID, over.CollaboratorID)
	if err != nil {
		return false, err
	}
	d, err := postgres.Dossier(ctx, tx, over.PartnerID, over.DossierID)
	if err != nil || d.State != domain.DossierActive || c.Working() != nil {
		return false, err
	}
	running, err := postgres.LatestAssignment(ctx, tx, c, over.DossierID)
	if err != nil || running != nil && running.Live() && !running.IsExtendedBy(over) {
		return false, err
	}
	if err := replace(ctx, tx, over, a); err != nil {
		return false, err
	}
	over.ExpireTime = a.ExpireTime
	return true, postgres.SaveAssignment(ctx, tx, over)
}

// takeBack sees to it that a yes for an assignment that ended does not stay:
// the job asks consent to end it.
func (u FollowConsent) takeBack(ctx context.Context, tx pg.Tx, over domain.Assignment, a Answer) error {
	if a.State != domain.ConsentGiven {
		return nil
	}
	over.ConsentID = a.ConsentID
	if err := postgres.SaveAssignment(ctx, tx, over); err != nil {
		return err
	}
	return u.Queue.Insert(ctx, tx, job.RequestConsent{PartnerID: over.PartnerID, AssignmentID: over.ID})
}

func follow(ctx context.Context, tx pg.Tx, e ending, a Answer) error {
	event, ok := domain.EventOf(a.State)
	if !ok {
		return nil
	}
	e.assignment.ConsentID = a.ConsentID
	if event == domain.ClientAgreed {
		if err := replace(ctx, tx, e.assignment, a); err != nil {
			return err
		}
		e.assignment.ExpireTime = a.ExpireTime
		if e.assignment.State != domain.PendingConsent {
			return postgres.SaveAssignment(ctx, tx, e.assignment) // known already; now with its end
		}
	}
	_, err := e.end(ctx, tx, domain.Happening{Event: event, Actor: a.Actor, Time: a.Time})
	if errors.Is(err, domain.TransitionRefused) {
		return nil
	}
	return err
}

// replace ends what the yes takes the place of for the same person, whose own
// news may come later.
func replace(ctx context.Context, tx pg.Tx, given domain.Assignment, a Answer) error {
	if given.PredecessorID.IsZero() {
		return nil
	}
	before, _, err := lockEnding(ctx, tx, given.PartnerID, given.PredecessorID)
	if err != nil || !before.assignment.IsExtendedBy(given) {
		return err
	}
	over := !before.assignment.Live()
	if over && before.assignment.EndReason != domain.Extended {
		return nil
	}
	if err := postgres.PassReleases(ctx, tx, before.assignment, given); err != nil || over {
		return err
	}
	_, err = before.end(ctx, tx, domain.Happening{Event: domain.GivenAnew, Actor: a.Actor, Time: a.Time})
	return err
}
