package domain

// Next is the state machine.
func Next(state InvitationState, event InvitationEvent) (InvitationState, bool) {
	return next(state, event)
}
