// Package domain holds the rules of consent: who may answer, for how long and
// for which rights, and how a consent moves from one state to the next. It
// reads no clock, stores nothing and calls nobody; that is the duty of app.
package domain

// State is how far a consent has come. Each state is distinct for ever.
type State string

// The states.
const (
	Requested         State = "REQUESTED"
	Given             State = "GIVEN"
	Refused           State = "REFUSED"
	ExpiredUnanswered State = "EXPIRED_UNANSWERED"
	Cancelled         State = "CANCELLED"
	Withdrawn         State = "WITHDRAWN"
	Terminated        State = "TERMINATED"
	Expired           State = "EXPIRED"
	Superseded        State = "SUPERSEDED"
	Invalidated       State = "INVALIDATED"
)

// States lists every state.
func States() []State {
	return []State{
		Requested, Given, Refused, ExpiredUnanswered, Cancelled,
		Withdrawn, Terminated, Expired, Superseded, Invalidated,
	}
}

// Event is what may happen to a consent.
type Event string

// The events.
const (
	Give       Event = "give"       // the client says yes
	Refuse     Event = "refuse"     // the client says no
	Overturn   Event = "overturn"   // the client turns its no into a yes
	Postpone   Event = "postpone"   // the client says not now
	Cancel     Event = "cancel"     // the partner takes the request back
	LapseAsked Event = "lapse"      // nobody answered in time
	Withdraw   Event = "withdraw"   // the client takes the yes back (R41)
	Terminate  Event = "terminate"  // the partner or the collaborator ends it
	Expire     Event = "expire"     // its time is over (R40)
	Supersede  Event = "supersede"  // a newer consent takes its place (R36)
	Invalidate Event = "invalidate" // the platform ends it
)

// Steps that leave the state as it is; they stand in timelines alone.
const (
	Pause   Event = "pause"   // nobody used it for long, or nobody confirmed it
	Confirm Event = "confirm" // the client keeps it going
	Narrow  Event = "narrow"  // the client leaves less of it
)

// Events lists every event.
func Events() []Event {
	return []Event{
		Give, Refuse, Overturn, Postpone, Cancel, LapseAsked,
		Withdraw, Terminate, Expire, Supersede, Invalidate,
	}
}

// cell is one pair of the table.
type cell struct {
	from  State
	event Event
}

// table is the whole state machine. A pair that is not in it is refused.
func table() map[cell]State {
	return map[cell]State{
		{Requested, Give}:       Given,
		{Requested, Refuse}:     Refused,
		{Requested, Postpone}:   Requested,
		{Requested, Cancel}:     Cancelled,
		{Requested, LapseAsked}: ExpiredUnanswered,
		{Refused, Overturn}:     Given,
		{Given, Withdraw}:       Withdrawn,
		{Given, Terminate}:      Terminated,
		{Given, Expire}:         Expired,
		{Given, Supersede}:      Superseded,
		{Given, Invalidate}:     Invalidated,
	}
}

// Next gives the state after the event, and false for a pair that the table
// does not have.
func Next(from State, event Event) (State, bool) {
	to, ok := table()[cell{from, event}]
	return to, ok
}

// end is what the end of a yes is, by whose act it comes.
func (p Party) end() Event {
	switch p {
	case ByClient:
		return Withdraw
	case ByPlatform:
		return Invalidate
	default:
		return Terminate
	}
}

// WhyInvalid is what the platform said when it ended a yes; empty: it did not.
func WhyInvalid(timeline []Step) string {
	for _, step := range timeline {
		if step.Event == Invalidate {
			return step.Reason
		}
	}
	return ""
}

// Answered tells the states that only a client's answer leads to: pressing
// again then shows what was recorded.
func (s State) Answered() bool {
	switch s {
	case Requested, ExpiredUnanswered, Cancelled:
		return false
	default:
		return true
	}
}
