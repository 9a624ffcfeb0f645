// Package model says what the accesses of two people of one partner at one
// client may become by what four roles do to them, and plays random commands on
// a running Aval to see that nothing else becomes of them (T-07).
package model

import (
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// people is how many of the partner help the client: one more can take over.
const people = 2

// Seen is what can be read of the case once its news have arrived.
type Seen struct {
	// Ended tells that nothing links the two sides any more.
	Ended bool
	Of    [people]Access
}

// Access is what can be read of one person.
type Access struct {
	Removed, Suspended bool
	// Running is an assignment that is active, under a yes that holds; Waiting one
	// that the client has not answered. Who has both has asked for more.
	Running, Waiting bool
	// Narrow tells that the client left less of the yes that holds.
	Narrow bool
	// Newest is the state of the latest consent, unspecified when the client was
	// never asked.
	Newest consentv1.ConsentState
	Visits int
}

// State is what is true: what can be seen, and what it depends on besides.
type State struct {
	Seen
	Past [people]Past
}

// Past is what goes on to matter of what was done before.
type Past struct {
	// Unasked: who waits, waits for the client to be asked.
	Unasked bool
	// Own and Takes tell what the request that waits follows: an earlier
	// assignment of the same person, or one of the other's, whose access the yes
	// ends (R36).
	Own, Takes bool
	// Extends: what the request follows ran when the client was asked, so that it
	// is for more, and goes with it.
	Extends bool
	// Noes is how many noes stand, and Withdrew tells that a yes was taken back:
	// for a week the partner asks for the person no more.
	Noes     int
	Withdrew bool
	// NoOwn and NoTakes are Own and Takes of the request that was refused.
	NoOwn, NoTakes bool
	// Closed tells that the partner has done something since the no, so that it
	// may be final.
	Closed bool
}

const (
	requested   = consentv1.ConsentState_CONSENT_STATE_REQUESTED
	given       = consentv1.ConsentState_CONSENT_STATE_GIVEN
	refused     = consentv1.ConsentState_CONSENT_STATE_REFUSED
	cancelled   = consentv1.ConsentState_CONSENT_STATE_CANCELLED
	withdrawn   = consentv1.ConsentState_CONSENT_STATE_WITHDRAWN
	terminated  = consentv1.ConsentState_CONSENT_STATE_TERMINATED
	superseded  = consentv1.ConsentState_CONSENT_STATE_SUPERSEDED
	invalidated = consentv1.ConsentState_CONSENT_STATE_INVALIDATED
)

// noesThatCool is how many noes keep a partner from asking for anybody.
const noesThatCool = 3

// other is the person who is not this one.
func other(who int) int { return people - 1 - who }

// cools tells that the partner may not ask for the person.
func (s State) cools(who int) bool {
	noes := 0
	for _, p := range s.Past {
		noes += p.Noes
	}
	return s.Past[who].Noes > 0 || s.Past[who].Withdrew || noes >= noesThatCool
}

// assignable tells whether the person may be put on the dossier at all.
func (s State) assignable(who int) bool {
	return !s.Ended && !s.Of[who].Removed && !s.Of[who].Suspended
}

// passes tells that the other one waits to take over, if what the request
// follows is what runs.
func (s State) passes(who int) bool {
	return s.Of[who].Running && s.Of[other(who)].Waiting && s.Past[other(who)].Takes
}

// wait makes the person wait for the client to be asked.
func (s State) wait(who int, p Past) State {
	p.Unasked = true
	s.Of[who].Waiting = true
	s.Past[who].follow(p)
	return s
}

// follow notes what a request that waits, or none, follows.
func (p *Past) follow(of Past) {
	p.Unasked, p.Own, p.Takes, p.Extends = of.Unasked, of.Own, of.Takes, of.Extends
}

// ask has the client asked, or what may not be asked given up.
func (s State) ask(who int, offered bool) State {
	a, p := &s.Of[who], &s.Past[who]
	if !a.Waiting || !p.Unasked {
		return s
	}
	if s.cools(who) && !offered {
		return s.givenUp(who)
	}
	p.Unasked = false
	a.Newest, p.Extends = requested, p.Own && a.Running
	return s
}

// drop ends what waits, if anything does.
func (s State) drop(who int) State {
	if s.Of[who].Waiting && !s.Past[who].Unasked {
		s.Of[who].Newest = cancelled
	}
	return s.givenUp(who)
}

// stop ends what runs, if anything does, as the state says; what waits stays.
func (s State) stop(who int, by consentv1.ConsentState) State {
	a := &s.Of[who]
	if a.Running && by == withdrawn {
		s.Past[who].Withdrew = true
	}
	if a.Newest == given {
		a.Newest = by
	}
	a.Running, a.Narrow, a.Visits = false, false, 0
	return s
}

// over ends everything of a person.
func (s State) over(who int, by consentv1.ConsentState) State {
	s = s.drop(who).stop(who, by)
	s.Past[who].Closed = true
	return s
}

// run begins an access in the place of the one that ran.
func (s State) run(who int) State {
	a := &s.Of[who]
	a.Running, a.Narrow, a.Visits, a.Newest = true, false, 0, given
	return s
}
