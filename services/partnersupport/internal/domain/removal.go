package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// RemovalStage is the next step of a removal. Each step is harmless to repeat,
// so that whoever finds the row goes on where the last one stopped.
type RemovalStage string

// The stages, in order: access first, so that it is over before anything else
// can fail; browser sessions before the membership, at whose end identity would
// end them uncounted.
const (
	RemoveVisits     RemovalStage = "SUPPORT_SESSIONS"
	RemoveConsents   RemovalStage = "CONSENTS"
	RemoveSessions   RemovalStage = "BROWSER_SESSIONS"
	RemoveMembership RemovalStage = "MEMBERSHIP"
	RemovalDone      RemovalStage = "DONE"
)

var nextStage = map[RemovalStage]RemovalStage{
	RemoveVisits:     RemoveConsents,
	RemoveConsents:   RemoveSessions,
	RemoveSessions:   RemoveMembership,
	RemoveMembership: RemovalDone,
}

// Removal is a collaborator's leaving, on its way through the services (R34).
type Removal struct {
	PartnerID      id.ID
	ID             id.ID
	CollaboratorID id.ID
	UserID         id.ID // zero when the person never came
	ActorID        id.ID
	Stage          RemovalStage
	Receipt
	HandOvers    int32 // clients asked for the successor
	CreateTime   time.Time
	CompleteTime *time.Time
}

// Receipt counts what a revocation ended.
type Receipt struct {
	Assignments     int32
	Requests        int32
	Grants          int32
	SupportSessions int32
	BrowserSessions int32
}

// Plus adds up two receipts.
func (r Receipt) Plus(o Receipt) Receipt {
	return Receipt{
		Assignments:     r.Assignments + o.Assignments,
		Requests:        r.Requests + o.Requests,
		Grants:          r.Grants + o.Grants,
		SupportSessions: r.SupportSessions + o.SupportSessions,
		BrowserSessions: r.BrowserSessions + o.BrowserSessions,
	}
}

// Advance notes that the present stage is over and what it ended.
func (r *Removal) Advance(ended Receipt, now time.Time) error {
	next, ok := nextStage[r.Stage]
	if !ok {
		return TransitionRefused
	}
	r.Stage, r.Receipt = next, r.Receipt.Plus(ended)
	if next == RemovalDone {
		r.CompleteTime = &now
	}
	return nil
}

// NewRemoval begins a removal. One of a person who never came has nothing to
// end elsewhere, and is done at once.
func NewRemoval(removal id.ID, c Collaborator, actor id.ID, now time.Time) Removal {
	r := Removal{
		PartnerID: c.PartnerID, ID: removal, CollaboratorID: c.ID, UserID: c.UserID,
		ActorID: actor, Stage: RemoveVisits, CreateTime: now,
	}
	if c.UserID.IsZero() {
		r.Stage, r.CompleteTime = RemovalDone, &now
	}
	return r
}

// Reopen goes through the services again for a person who came in while their
// invitation was being removed.
func (r *Removal) Reopen(user id.ID) error {
	if r.Stage != RemovalDone || !r.UserID.IsZero() {
		return TransitionRefused
	}
	r.UserID, r.Stage, r.CompleteTime = user, RemoveVisits, nil
	return nil
}
