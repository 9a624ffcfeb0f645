package domain

// ConsentState is how far the consent behind an assignment has come, as
// consent names it.
type ConsentState string

// The states of a consent.
const (
	ConsentRequested   ConsentState = "REQUESTED"
	ConsentGiven       ConsentState = "GIVEN"
	ConsentDeclined    ConsentState = "REFUSED"
	ConsentUnanswered  ConsentState = "EXPIRED_UNANSWERED"
	ConsentCancelled   ConsentState = "CANCELLED"
	ConsentWithdrawn   ConsentState = "WITHDRAWN"
	ConsentTerminated  ConsentState = "TERMINATED"
	ConsentExpired     ConsentState = "EXPIRED"
	ConsentSuperseded  ConsentState = "SUPERSEDED"
	ConsentInvalidated ConsentState = "INVALIDATED"

	// A yes that pauses, and one that goes on, as their facts tell.
	ConsentPaused    ConsentState = "PAUSED"
	ConsentConfirmed ConsentState = "CONFIRMED"

	// SUPERSEDED by a newer yes for the same person, as its fact tells.
	ConsentRenewed ConsentState = "RENEWED"
)

// consentEvents is what each state of a consent means to its assignment. For
// an end by the platform there is no reason of its own: the client's yes no
// longer holds.
var consentEvents = map[ConsentState]AssignmentEvent{
	ConsentGiven:       ClientAgreed,
	ConsentDeclined:    ClientRefused,
	ConsentUnanswered:  ClientSilent,
	ConsentCancelled:   RequestTaken,
	ConsentWithdrawn:   ClientWithdrew,
	ConsentTerminated:  PartnerDetached,
	ConsentExpired:     TimeOver,
	ConsentSuperseded:  TakenOver,
	ConsentRenewed:     GivenAnew,
	ConsentInvalidated: ClientWithdrew,
	ConsentPaused:      LeftUnused,
	ConsentConfirmed:   UsedAgain,
}

// EventOf gives what a state of the consent does to the assignment; false when
// it does nothing.
func EventOf(s ConsentState) (AssignmentEvent, bool) {
	event, ok := consentEvents[s]
	return event, ok
}

// Entry is what happens when a collaborator wants to enter a dossier.
type Entry string

// The ways an attempt to enter can go (R27 to R29).
const (
	// EntryOpen: the client agreed; the visit begins (R29).
	EntryOpen Entry = "OPEN"
	// EntryConsult: only consent knows now.
	EntryConsult Entry = "CONSULT"
	// EntryWait: the client was asked and has not answered (R28).
	EntryWait Entry = "WAIT"
	// EntryRenew: the earlier request or yes ran out; the client is asked anew.
	EntryRenew Entry = "RENEW"
	// EntryRefuse: the client said no, and the cool-down runs.
	EntryRefuse Entry = "REFUSE"
	// EntryNobody: no assignment; an administrator assigns first (R20).
	EntryNobody Entry = "NOT_ASSIGNED"
)

// EntryBy decides by the latest assignment alone; nil when there never was one.
func EntryBy(latest *Assignment) Entry {
	if latest == nil {
		return EntryNobody
	}
	switch latest.State {
	case Active:
		return EntryOpen
	case PendingConsent, Suspended:
		return EntryConsult
	case Ended:
		return entryAfter(latest.EndReason)
	}
	return EntryNobody
}

func entryAfter(reason EndReason) Entry {
	switch reason {
	case Declined, Withdrawn:
		return EntryConsult
	case Unanswered, Expired:
		return EntryRenew
	case Cancelled, Detached, CollaboratorLeft, HandedOver, DossierOver, Extended:
		return EntryNobody
	}
	return EntryNobody
}

// EntryByConsent decides by what consent answers. cooled tells that the time
// after a no is over.
func EntryByConsent(latest Assignment, s ConsentState, cooled bool) Entry {
	switch s {
	case ConsentRequested:
		return EntryWait
	case ConsentGiven:
		if latest.Live() {
			return EntryOpen
		}
		return EntryNobody
	case ConsentDeclined, ConsentWithdrawn, ConsentInvalidated:
		if cooled {
			return EntryRenew
		}
		return EntryRefuse
	case ConsentUnanswered, ConsentExpired:
		return EntryRenew
	case ConsentCancelled, ConsentTerminated, ConsentSuperseded:
		return EntryNobody
	}
	return EntryWait
}
