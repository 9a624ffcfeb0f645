package model

import (
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// end is either side's: what was asked is cancelled, what was given ends as the
// state says. Ending it again changes nothing.
func end(s State, by consentv1.ConsentState) ([]State, Verdict) {
	if s.Ended {
		return []State{s}, Done
	}
	s.Ended = true
	for who := range people {
		s = s.over(who, by)
	}
	return []State{s}, Done
}

// approve answers what waits, or turns the latest no into a yes.
func approve(s State, c aimed) ([]State, Verdict) {
	a, p := s.Of[c.Who], s.Past[c.Who]
	if c.at == atWaiting {
		if !a.Waiting {
			return []State{s}, Denied
		}
		return []State{s.accept(c.Who)}, Done
	}
	if a.Newest != refused {
		return []State{s}, Either
	}
	after := s.overturn(c)
	switch {
	case !p.Closed:
		return after, Done
	case !a.Removed && !s.Ended:
		return append(after, s), Either
	}
	return []State{s}, Either
}

// accept is a yes to what waits.
func (s State) accept(who int) State {
	if s.Past[who].Takes {
		s = s.stop(other(who), superseded)
	}
	return s.givenUp(who).run(who)
}

// overturn is a yes in the place of a no, and of what runs. It does not stay where
// the partner asks anew, or ends what it is for, at the same time.
func (s State) overturn(c aimed) []State {
	p := &s.Past[c.Who]
	p.Noes--
	if p.NoTakes {
		s = s.stop(other(c.Who), superseded)
	}
	yes, no := s.run(c.Who), s.stop(c.Who, superseded)
	no.Of[c.Who].Newest = terminated
	if !c.crowded {
		return []State{yes}
	}
	gone, late := no.givenUp(c.Who), yes.givenUp(c.Who)
	late.Of[c.Who].Newest = cancelled // asked for once more while that was given up
	return []State{yes, no, gone, late}
}

// givenUp ends what waits without a word to the client.
func (s State) givenUp(who int) State {
	s.Of[who].Waiting = false
	s.Past[who].follow(Past{})
	return s
}

func refuse(s State, c aimed) ([]State, Verdict) {
	a, p := &s.Of[c.Who], &s.Past[c.Who]
	switch {
	case c.at != atWaiting:
		return []State{s}, Either
	case !a.Waiting:
		return []State{s}, Denied
	}
	a.Newest = refused
	p.Noes++
	p.NoOwn, p.NoTakes, p.Closed = p.Own, p.Takes, false
	s = s.givenUp(c.Who)
	return []State{s}, Done
}

// withdraw takes a yes back, and a request for more of it along.
func withdraw(s State, who int) ([]State, Verdict) {
	switch {
	case s.Of[who].Running:
	case s.Of[who].Newest == withdrawn:
		return []State{s}, Either
	default:
		return []State{s}, Denied
	}
	return []State{s.stop(who, withdrawn).dropMore(who)}, Done
}

func narrow(s State, who int) ([]State, Verdict) {
	if !s.Of[who].Running {
		return []State{s}, Denied
	}
	s.Of[who].Narrow = true
	return []State{s}, Done
}

// offer is the client's own: no earlier no keeps it from giving.
func offer(s State, who int) ([]State, Verdict) {
	switch {
	case !s.assignable(who):
		return []State{s}, Denied
	case s.Of[who].Waiting && s.Past[who].Unasked: // it is what there is to answer
		return []State{s, s.ask(who, false)}, Either
	case s.Of[who].Waiting:
		return []State{s}, Done
	}
	offered := s.wait(who, Past{Own: s.Of[who].Running}).ask(who, true)
	if s.passes(who) {
		return []State{s, offered}, Either
	}
	return []State{offered}, Done
}

// invalidate is the platform's end of a yes, and of the request for more of it.
func invalidate(s State, who int) ([]State, Verdict) {
	switch {
	case s.Of[who].Running:
		return []State{s.stop(who, invalidated).dropMore(who)}, Done
	case s.Of[who].Newest == invalidated:
		return []State{s}, Either
	}
	return []State{s}, Denied
}

// dropMore ends what was asked of the client in addition to what runs.
func (s State) dropMore(who int) State {
	if s.Past[who].Extends && !s.Past[who].Unasked {
		return s.drop(who)
	}
	return s
}

// enter lets in whoever may. Whose yes the platform ended has the client asked
// anew by it, which lets nobody in.
func enter(s State, who int) ([]State, Verdict) {
	a := s.Of[who]
	if a.Running && !a.Suspended {
		s.Of[who].Visits++
		return []State{s}, Done
	}
	return []State{s}, Denied
}

// knock is what trying to enter does where it is denied.
func knock(s State, who int) []State {
	a := s.Of[who]
	if a.Newest != invalidated || a.Running || a.Waiting || !s.assignable(who) {
		return []State{s}
	}
	return []State{s, s.wait(who, Past{})}
}

// leave ends the last visit, which may be over already.
func leave(s State, who int) ([]State, Verdict) {
	left := s
	left.Of[who].Visits = max(s.Of[who].Visits-1, 0)
	return unique([]State{s, left}), Either
}
