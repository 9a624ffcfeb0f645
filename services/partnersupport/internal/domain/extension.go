package domain

// Extend gives the assignment for which the client is asked while this one runs,
// for the same person: longer, or wider. The yes takes its place. The passing
// says who asks and what for.
func (a Assignment) Extend(p Passing) (Assignment, error) {
	if a.State != Active && a.State != Suspended {
		return Assignment{}, TransitionRefused
	}
	next := a.Again(p.AssignmentID, p.Reason, p.Time)
	next.RequesterID, next.PredecessorID = p.RequesterID, a.ID
	if p.Duration != 0 {
		next.ProposedDuration = p.Duration
	}
	return next, nil
}

// IsExtendedBy tells whether the other follows this one for the same person:
// what else names a predecessor is a hand-over (R36).
func (a Assignment) IsExtendedBy(other Assignment) bool {
	return other.PredecessorID == a.ID && other.CollaboratorID == a.CollaboratorID
}
