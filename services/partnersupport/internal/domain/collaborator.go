package domain

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// PartnerRole is what a collaborator does for the partner's clients.
type PartnerRole string

// The roles (R7, R12).
const (
	TechnicalSupport PartnerRole = "TECHNICAL_SUPPORT"
	Accountant       PartnerRole = "ACCOUNTANT"
)

// AsksReason tells whether each visit in this role needs its reason.
func (r PartnerRole) AsksReason() bool { return r == TechnicalSupport }

// CollaboratorState is how far a collaborator has come.
type CollaboratorState string

// The states of a collaborator.
const (
	Invited CollaboratorState = "INVITED"
	Ready   CollaboratorState = "READY"
	Left    CollaboratorState = "LEFT"
)

// CollaboratorEvent is what happens to a collaborator.
type CollaboratorEvent string

// The events of a collaborator.
const (
	MembershipStarted CollaboratorEvent = "MEMBERSHIP_STARTED"
	MembershipEnded   CollaboratorEvent = "MEMBERSHIP_ENDED"
	Removed           CollaboratorEvent = "REMOVED"
	InvitedAgain      CollaboratorEvent = "INVITED_AGAIN"
	InvitationEnded   CollaboratorEvent = "INVITATION_ENDED" // taken back, or declined
)

type collaboratorStep struct {
	from  CollaboratorState
	event CollaboratorEvent
}

// collaboratorSteps is the whole machine; every other pair is refused.
var collaboratorSteps = map[collaboratorStep]CollaboratorState{
	{Invited, MembershipStarted}: Ready,
	{Invited, Removed}:           Left,
	{Invited, InvitationEnded}:   Left,
	{Ready, MembershipEnded}:     Left,
	{Ready, Removed}:             Left,
	{Left, InvitedAgain}:         Invited, // only who never came
}

// Collaborator is a member of a partner seen as staff.
type Collaborator struct {
	PartnerID    id.ID
	ID           id.ID
	InvitationID id.ID
	UserID       id.ID // zero until READY
	GivenName    string
	FamilyName   string
	Email        string
	PartnerRole  PartnerRole
	State        CollaboratorState
	Version      int64
	CreateTime   time.Time
	LeaveTime    *time.Time
	SuspendTime  *time.Time // nil: not suspended
	MemberID     id.ID      // as membership knows whom it suspended; zero: never suspended
}

// Name is the first and the family name.
func (c Collaborator) Name() string {
	return strings.TrimSpace(c.GivenName + " " + c.FamilyName)
}

// Start makes the collaborator READY as this person.
func (c *Collaborator) Start(user id.ID) error {
	if err := c.step(MembershipStarted); err != nil {
		return err
	}
	c.UserID = user
	return nil
}

// Leave ends the collaborator's work for the partner.
func (c *Collaborator) Leave(event CollaboratorEvent, now time.Time) error {
	if err := c.step(event); err != nil {
		return err
	}
	c.LeaveTime = &now
	return nil
}

// InviteAgain takes somebody back whose invitation was renewed after they were
// removed. Whoever came once and left is a new collaborator instead.
func (c *Collaborator) InviteAgain() error {
	if !c.UserID.IsZero() {
		return TransitionRefused
	}
	if err := c.step(InvitedAgain); err != nil {
		return err
	}
	c.LeaveTime = nil
	return nil
}

func (c *Collaborator) step(event CollaboratorEvent) error {
	to, ok := collaboratorSteps[collaboratorStep{c.State, event}]
	if !ok {
		return TransitionRefused
	}
	c.State = to
	c.Version++
	return nil
}

// Assignable refuses who cannot be put on a dossier now (R19).
func (c Collaborator) Assignable() error {
	if c.SuspendTime != nil {
		return CollaboratorSuspended
	}
	return c.Working()
}

// Working refuses who has not come yet, or left.
func (c Collaborator) Working() error {
	switch c.State {
	case Ready:
		return nil
	case Left:
		return CollaboratorGone
	default:
		return CollaboratorNotReady
	}
}
