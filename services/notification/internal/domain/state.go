package domain

// State is how far a delivery has come.
type State string

// The states of a delivery.
const (
	// Queued is composed and waits for its turn.
	Queued State = "queued"
	// Sending is in the hands of one worker, until its lease ends.
	Sending State = "sending"
	// Sent was accepted by the next server.
	Sent State = "sent"
	// Deferred was refused for now, and is tried again.
	Deferred State = "deferred"
	// Bounced was refused for good, or for too long.
	Bounced State = "bounced"
	// Uncertain was handed over, and the answer was lost.
	Uncertain State = "uncertain"
)

// States lists every state.
func States() []State { return []State{Queued, Sending, Sent, Deferred, Bounced, Uncertain} }

// Event is what can happen to a delivery.
type Event string

// The events of a delivery.
const (
	// Claim: a worker takes it.
	Claim Event = "claim"
	// Accept: the server said 250.
	Accept Event = "accept"
	// Defer: 4xx, or no connection before the content was handed over.
	Defer Event = "defer"
	// Reject: 5xx, or no further try is left.
	Reject Event = "reject"
	// Lose: the content was handed over, and no answer came.
	Lose Event = "lose"
)

// Events lists every event.
func Events() []Event { return []Event{Claim, Accept, Defer, Reject, Lose} }

// Next gives the state after an event; false where the event cannot happen.
// An uncertain delivery is claimed once more only: Delivery.Claim sees to it.
func (s State) Next(e Event) (State, bool) {
	next, ok := transitions()[s][e]
	return next, ok
}

func transitions() map[State]map[Event]State {
	return map[State]map[Event]State{
		Queued:    {Claim: Sending, Reject: Bounced},
		Sending:   {Accept: Sent, Defer: Deferred, Reject: Bounced, Lose: Uncertain},
		Deferred:  {Claim: Sending, Reject: Bounced},
		Uncertain: {Claim: Sending},
		Sent:      {},
		Bounced:   {},
	}
}
