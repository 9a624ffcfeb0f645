package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// AssignmentState is how far an assignment has come.
type AssignmentState string

// The states of an assignment.
const (
	PendingConsent AssignmentState = "PENDING_CONSENT"
	Active         AssignmentState = "ACTIVE"
	Suspended      AssignmentState = "SUSPENDED"
	Ended          AssignmentState = "ENDED"
)

// EndReason is why an assignment ended; empty until then.
type EndReason string

// The reasons.
const (
	Declined         EndReason = "DECLINED"
	Unanswered       EndReason = "UNANSWERED"
	Cancelled        EndReason = "CANCELLED"
	Withdrawn        EndReason = "WITHDRAWN"
	Detached         EndReason = "DETACHED"
	CollaboratorLeft EndReason = "COLLABORATOR_LEFT"
	Expired          EndReason = "EXPIRED"
	HandedOver       EndReason = "HANDED_OVER"
	DossierOver      EndReason = "DOSSIER_ENDED"
	Extended         EndReason = "EXTENDED"
)

// AssignmentEvent is what happens to an assignment.
type AssignmentEvent string

// The events of an assignment.
const (
	ClientAgreed    AssignmentEvent = "CLIENT_AGREED"
	ClientRefused   AssignmentEvent = "CLIENT_REFUSED"
	ClientSilent    AssignmentEvent = "CLIENT_SILENT"
	RequestTaken    AssignmentEvent = "REQUEST_TAKEN_BACK"
	ClientWithdrew  AssignmentEvent = "CLIENT_WITHDREW"
	PartnerDetached AssignmentEvent = "PARTNER_DETACHED"
	PersonLeft      AssignmentEvent = "PERSON_LEFT"
	TimeOver        AssignmentEvent = "TIME_OVER"
	TakenOver       AssignmentEvent = "TAKEN_OVER"
	GivenAnew       AssignmentEvent = "GIVEN_ANEW"
	LinkEnded       AssignmentEvent = "LINK_ENDED"
	LeftUnused      AssignmentEvent = "LEFT_UNUSED"
	UsedAgain       AssignmentEvent = "USED_AGAIN"
)

type assignmentStep struct {
	from  AssignmentState
	event AssignmentEvent
}

type assignmentGoal struct {
	to     AssignmentState
	reason EndReason
}

// assignmentSteps is the whole machine; every other pair is refused. What
// ended stays ended, but for a no that becomes a yes (Revive).
var assignmentSteps = map[assignmentStep]assignmentGoal{
	{PendingConsent, ClientAgreed}:    {to: Active},
	{PendingConsent, ClientRefused}:   {Ended, Declined},
	{PendingConsent, ClientSilent}:    {Ended, Unanswered},
	{PendingConsent, RequestTaken}:    {Ended, Cancelled},
	{PendingConsent, PartnerDetached}: {Ended, Cancelled},
	{PendingConsent, PersonLeft}:      {Ended, CollaboratorLeft},
	{PendingConsent, LinkEnded}:       {Ended, DossierOver},

	{Active, ClientWithdrew}:  {Ended, Withdrawn},
	{Active, PartnerDetached}: {Ended, Detached},
	{Active, PersonLeft}:      {Ended, CollaboratorLeft},
	{Active, TimeOver}:        {Ended, Expired},
	{Active, TakenOver}:       {Ended, HandedOver},
	{Active, GivenAnew}:       {Ended, Extended},
	{Active, LinkEnded}:       {Ended, DossierOver},
	{Active, LeftUnused}:      {to: Suspended},

	{Suspended, ClientWithdrew}:  {Ended, Withdrawn},
	{Suspended, PartnerDetached}: {Ended, Detached},
	{Suspended, PersonLeft}:      {Ended, CollaboratorLeft},
	{Suspended, TimeOver}:        {Ended, Expired},
	{Suspended, TakenOver}:       {Ended, HandedOver},
	{Suspended, GivenAnew}:       {Ended, Extended},
	{Suspended, LinkEnded}:       {Ended, DossierOver},
	{Suspended, UsedAgain}:       {to: Active},
}

// Assignment says that a partner wants a collaborator on a dossier (R20). It
// is not access (R77).
type Assignment struct {
	PartnerID        id.ID
	ID               id.ID
	DossierID        id.ID
	CollaboratorID   id.ID
	RequesterID      id.ID      // the administrator who assigned
	ConsentID        id.ID      // zero until the client was asked
	PredecessorID    id.ID      // the assignment that it takes over (R36) or extends; zero: none
	Offered          bool       // the client chose the person, unasked
	Urgent           bool       // the client is mailed at once, and not with others
	MailTime         *time.Time // when the mail that asks the client leaves; nil: at once
	UnreachableTime  *time.Time // since when the request reaches nobody; nil: it is on its way
	Reason           string
	ProposedDuration time.Duration
	State            AssignmentState
	EndReason        EndReason
	Version          int64
	CreateTime       time.Time
	ExpireTime       *time.Time
	EndTime          *time.Time
	EndActorID       id.ID // zero: time
}

// Happening is an event with who caused it and when.
type Happening struct {
	Event AssignmentEvent
	Actor id.ID // zero: time
	Side  Side  // whose person ended the link; empty for other events
	Time  time.Time
}

// By gives the side whose act it is: a client's approvers are not the partner's
// to know.
func (h Happening) By() Side {
	switch h.Event {
	case ClientRefused, ClientWithdrew, TakenOver, GivenAnew:
		return ClientSide
	case LinkEnded:
		return h.Side
	default:
		return PartnerSide
	}
}

// Apply moves the assignment; a pair outside the table is refused and changes
// nothing.
func (a *Assignment) Apply(h Happening) error {
	goal, ok := assignmentSteps[assignmentStep{a.State, h.Event}]
	if !ok {
		return TransitionRefused
	}
	a.State, a.EndReason = goal.to, goal.reason
	a.Version++
	if a.State == Ended {
		a.EndTime, a.EndActorID = &h.Time, h.Actor
	}
	return nil
}

// CatchUp applies an event about a yes to an assignment that has not heard of
// that yes: facts of one consent can reach us in the wrong order.
func (a *Assignment) CatchUp(h Happening) error {
	_, pending := assignmentSteps[assignmentStep{a.State, h.Event}]
	_, later := assignmentSteps[assignmentStep{Active, h.Event}]
	if a.State == PendingConsent && !pending && later {
		if err := a.Apply(Happening{Event: ClientAgreed, Time: h.Time}); err != nil {
			return err
		}
	}
	return a.Apply(h)
}

// Revive makes an assignment active whose client turned a no into a yes. Nothing
// else that ended comes back.
func (a *Assignment) Revive() error {
	if a.State != Ended || a.EndReason != Declined {
		return TransitionRefused
	}
	a.State, a.EndReason = Active, ""
	a.EndTime, a.EndActorID = nil, id.ID{}
	a.Version++
	return nil
}

// Live tells whether the assignment still counts.
func (a Assignment) Live() bool { return a.State != Ended }

// Again gives the assignment that asks the client anew after this one ran out;
// a new reason takes the place of the old. A hand-over that nobody answered
// stays one.
func (a Assignment) Again(assignment id.ID, reason string, now time.Time) Assignment {
	if reason == "" {
		reason = a.Reason
	}
	again := Assignment{
		PartnerID: a.PartnerID, ID: assignment, DossierID: a.DossierID, CollaboratorID: a.CollaboratorID,
		RequesterID: a.RequesterID, Urgent: a.Urgent, Reason: reason, ProposedDuration: a.ProposedDuration,
		State: PendingConsent, Version: 1, CreateTime: now,
	}
	if a.EndReason == Unanswered {
		again.PredecessorID = a.PredecessorID
	}
	return again
}
