package domain

// InvitationState is how far an invitation has come. Each is distinct for
// ever; Expired follows from the instant and is never stored.
type InvitationState string

// The states.
const (
	Pending   InvitationState = "PENDING"
	Accepted  InvitationState = "ACCEPTED"
	Declined  InvitationState = "DECLINED"
	Cancelled InvitationState = "CANCELLED"
	Expired   InvitationState = "EXPIRED"
)

// InvitationEvent is what can happen to an invitation.
type InvitationEvent string

// The events.
const (
	Accept  InvitationEvent = "accept"
	Decline InvitationEvent = "decline"
	Cancel  InvitationEvent = "cancel"
	Renew   InvitationEvent = "renew"
	Expire  InvitationEvent = "expire"
)

type step struct {
	state InvitationState
	event InvitationEvent
}

// next is the whole state machine; every other pair is refused.
func next(state InvitationState, event InvitationEvent) (InvitationState, bool) {
	to, ok := map[step]InvitationState{
		{Pending, Accept}:  Accepted,
		{Pending, Decline}: Declined,
		{Pending, Cancel}:  Cancelled,
		{Pending, Renew}:   Pending,
		{Pending, Expire}:  Expired,
		{Expired, Renew}:   Pending,
		{Expired, Cancel}:  Cancelled, // it need not stand in the list for ever
	}[step{state, event}]
	return to, ok
}
