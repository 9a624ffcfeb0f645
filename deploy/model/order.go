package model

import "slices"

// Answer is what was heard of a command.
type Answer int

// The answers.
const (
	OK Answer = iota
	No
	// Unknown: the call was made again after one without an answer, which may
	// have done it.
	Unknown
)

// Answered is a command with its answer.
type Answered struct {
	Command
	Answer Answer
}

// After gives what may be true after commands that were given at once: what
// some order of those that were done leads to, with the clients asked at any
// time after a request was made. One command alone must be answered as the
// rules say.
func After(before []State, round []Answered) []State {
	var out []State
	for _, s := range before {
		if len(round) == 1 && round[0].Answer != Unknown {
			out = append(out, alone(s, round[0])...)
			continue
		}
		for some := range subsets(perhaps(s, round)) {
			for order := range orders(append(some, done(s, round)...)) {
				out = append(out, inOrder(s, order)...)
			}
		}
	}
	for i := range out {
		out[i] = out[i].ask(0, false).ask(1, false)
	}
	return unique(out)
}

func alone(s State, a Answered) []State {
	after, verdict := step(s, aimed{Command: a.Command, at: aims(s.Seen, a.Command)})
	switch {
	case verdict != Either && (verdict == Done) != (a.Answer == OK):
		return nil
	case a.Do == Enter && a.Answer == No:
		return knock(s, a.Who)
	}
	return after
}

// done are the commands that took effect for sure.
func done(s State, round []Answered) (out []aimed) {
	for _, a := range round {
		if a.Answer == OK {
			out = append(out, aimed{a.Command, aims(s.Seen, a.Command), true})
		}
	}
	return out
}

// perhaps are those of which that is not known, and what may be done where the
// answer is no: by trying to enter, and by a hand-over that ends what waits before
// it finds its successor taken.
func perhaps(s State, round []Answered) (out []aimed) {
	for _, a := range round {
		c := aimed{a.Command, aims(s.Seen, a.Command), true}
		if a.Answer == Unknown {
			out = append(out, c)
		}
		switch {
		case a.Answer == OK:
		case a.Do == Enter:
			out = append(out, aimed{Command{knocks, a.Who}, atPast, true})
		case a.Do == HandOver && c.at == atWaiting:
			out = append(out, aimed{Command{Detach, a.Who}, atWaiting, true})
		}
	}
	return out
}

// inOrder drops an order in which a command should have been denied.
func inOrder(s State, commands []aimed) []State {
	states := []State{s}
	for _, c := range commands {
		var next []State
		for _, s := range asked(states) {
			if after, verdict := step(s, c); verdict != Denied {
				next = append(next, after...)
			}
		}
		states = unique(next)
	}
	return states
}

// asked adds the states in which clients have been asked meanwhile.
func asked(states []State) []State {
	out := slices.Clone(states)
	for who := range people {
		for _, s := range out {
			out = append(out, s.ask(who, false))
		}
	}
	return unique(out)
}

// orders yields every permutation.
func orders(of []aimed) func(yield func([]aimed) bool) {
	return func(yield func([]aimed) bool) { permute(nil, of, yield) }
}

func permute(head, rest []aimed, yield func([]aimed) bool) bool {
	if len(rest) == 0 {
		return yield(head)
	}
	for i, c := range rest {
		if !permute(append(slices.Clone(head), c), slices.Delete(slices.Clone(rest), i, i+1), yield) {
			return false
		}
	}
	return true
}

// subsets yields every choice.
func subsets(of []aimed) func(yield func([]aimed) bool) {
	return func(yield func([]aimed) bool) {
		for chosen := range 1 << len(of) {
			var some []aimed
			for i, c := range of {
				if chosen&(1<<i) != 0 {
					some = append(some, c)
				}
			}
			if !yield(some) {
				return
			}
		}
	}
}

func unique(states []State) (out []State) {
	for _, s := range states {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
