package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Passing is how an assignment goes to a successor (R36).
type Passing struct {
	AssignmentID, RequesterID id.ID
	// Reason and Duration are those of the last time when empty.
	Reason   string
	Duration time.Duration
	Time     time.Time
}

// MayPassOn refuses to pass on what the client itself ended, and what somebody
// took over already.
func (a Assignment) MayPassOn() error {
	switch a.EndReason {
	case Declined, Withdrawn, DossierOver, HandedOver, Extended:
		return TransitionRefused
	case Unanswered, Cancelled, Detached, CollaboratorLeft, Expired:
		return nil
	}
	return nil // it lives
}

// Origin is what somebody who follows takes over: the assignment itself, or,
// when the client never said yes to it, the one that it was to take over.
func (a Assignment) Origin() id.ID {
	asked := a.State == PendingConsent || a.EndReason == Cancelled || a.EndReason == Unanswered
	if asked && !a.PredecessorID.IsZero() {
		return a.PredecessorID
	}
	return a.ID
}

// PassOn gives the assignment for which the client is asked for the successor:
// somebody who did not leave (R36), in the same role (R7).
func (a Assignment) PassOn(from, to Collaborator, p Passing) (Assignment, error) {
	if err := a.MayPassOn(); err != nil {
		return Assignment{}, err
	}
	if err := to.Assignable(); err != nil {
		return Assignment{}, err
	}
	if from.PartnerRole != to.PartnerRole {
		return Assignment{}, RoleDiffers
	}
	next := a.Again(p.AssignmentID, p.Reason, p.Time)
	next.CollaboratorID, next.RequesterID, next.PredecessorID = to.ID, p.RequesterID, a.Origin()
	if p.Duration != 0 {
		next.ProposedDuration = p.Duration
	}
	return next, nil
}
