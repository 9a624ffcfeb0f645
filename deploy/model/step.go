package model

// Verdict is how a command is answered.
type Verdict int

// The verdicts.
const (
	Either Verdict = iota // whatever is said
	Done
	Denied
)

// step gives what may become of a state by a command, and how that is answered.
func step(s State, c aimed) ([]State, Verdict) {
	switch c.Do {
	case Assign, Extend, HandOver, Detach, Suspend, Restore, Remove, End:
		return byPartner(s, c)
	case Approve, Refuse, Withdraw, Narrow, Offer, EndAll, Reopen:
		return byClient(s, c)
	case Enter:
		return enter(s, c.Who)
	case Leave:
		return leave(s, c.Who)
	case knocks:
		return knock(s, c.Who), Either
	case Invalidate:
		return invalidate(s, c.Who)
	case NotNow:
	}
	return []State{s}, Either
}

func byPartner(s State, c aimed) ([]State, Verdict) {
	switch c.Do {
	case Assign:
		return assign(s, c.Who)
	case Extend:
		return extend(s, c)
	case HandOver:
		return handOver(s, c)
	case Detach:
		return detach(s, c.Who)
	case Suspend:
		return suspend(s, c.Who)
	case Restore:
		return restore(s, c.Who)
	case Remove:
		return remove(s, c.Who)
	default:
		return end(s, terminated)
	}
}

func byClient(s State, c aimed) ([]State, Verdict) {
	switch c.Do {
	case Approve:
		return approve(s, c)
	case Refuse:
		return refuse(s, c)
	case Withdraw:
		return withdraw(s, c.Who)
	case Narrow:
		return narrow(s, c.Who)
	case Offer:
		return offer(s, c.Who)
	case EndAll:
		return end(s, withdrawn)
	default:
		if !s.Ended {
			return []State{s}, Denied
		}
		s.Ended = false
		return []State{s}, Done
	}
}

func assign(s State, who int) ([]State, Verdict) {
	if !s.assignable(who) || s.Of[who].Running || s.Of[who].Waiting {
		return []State{s}, Denied
	}
	return []State{s.wait(who, Past{})}, Done
}

// extend asks for more of what runs; once, and not while somebody is to take it
// over.
func extend(s State, c aimed) ([]State, Verdict) {
	switch {
	case !s.assignable(c.Who) || !s.Of[c.Who].Running || c.at != atRunning:
		return []State{s}, Denied
	case s.Of[c.Who].Waiting:
		return []State{s}, Done
	case s.passes(c.Who):
		return []State{s, s.wait(c.Who, Past{Own: true})}, Either
	}
	return []State{s.wait(c.Who, Past{Own: true})}, Done
}

// handOver asks for the other one. What nobody answered ends with it, and what
// it was to follow is followed; what runs goes on.
func handOver(s State, c aimed) ([]State, Verdict) {
	from, to, past := s.Of[c.Who], other(c.Who), s.Past[c.Who]
	switch {
	case c.at == atWaiting && from.Newest == refused && !from.Running && s.assignable(to): // refused while it was being ended
		s.Past[c.Who].Closed = true
		return []State{s.wait(to, Past{Takes: past.NoOwn, Own: past.NoTakes})}, Either
	case !from.Running && !from.Waiting, !s.assignable(to):
		return []State{s}, Denied
	case from.Running && s.Of[to].Waiting && s.Past[to].Takes: // asked once
		return []State{s}, Either
	case !from.Running && past.Takes && s.Of[to].Running && s.Of[to].Waiting: // likewise: they ask for more
		return []State{s.drop(c.Who)}, Done
	case from.Running && from.Waiting && past.Own, s.Of[to].Running || s.Of[to].Waiting:
		return []State{s}, Denied
	case !from.Running:
		return []State{s.drop(c.Who).wait(to, Past{Takes: past.Own, Own: past.Takes})}, Done
	}
	after := []State{s.wait(to, Past{Takes: true})}
	if c.at == atWaiting { // answered while it was being ended
		after = append(after, s.over(c.Who, terminated).wait(to, Past{Takes: true}))
	}
	return after, Done
}

func detach(s State, who int) ([]State, Verdict) {
	verdict := Done
	if !s.Of[who].Running && !s.Of[who].Waiting {
		verdict = Either
	}
	return []State{s.over(who, terminated)}, verdict
}

func suspend(s State, who int) ([]State, Verdict) {
	if s.Of[who].Removed {
		return []State{s}, Denied
	}
	s.Of[who].Suspended, s.Of[who].Visits = true, 0
	return []State{s}, Done
}

func restore(s State, who int) ([]State, Verdict) {
	if s.Of[who].Removed {
		return []State{s}, Either
	}
	if !s.Of[who].Suspended {
		return []State{s}, Denied
	}
	s.Of[who].Suspended = false
	return []State{s}, Done
}

func remove(s State, who int) ([]State, Verdict) {
	if s.Of[who].Removed {
		return []State{s}, Either
	}
	s = s.over(who, terminated)
	s.Of[who].Removed, s.Of[who].Suspended = true, false
	return []State{s}, Done
}
