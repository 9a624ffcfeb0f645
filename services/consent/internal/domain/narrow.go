package domain

import (
	"slices"
	"time"
)

// Narrowing is less of what was given.
type Narrowing struct {
	Until  time.Time // zero: as it was
	Rights []Right   // the lowered ones
	By     Actor
	Now    time.Time
}

// Narrow lowers rights that were given and brings the end nearer. More than was
// given is refused: that is a new consent. Changed is false for what is as narrow
// already.
func (c *Consent) Narrow(n Narrowing) (step Step, changed bool, err error) {
	if c.StateAt(n.Now) != Given {
		return Step{}, false, NotGiven
	}
	for _, right := range n.Rights {
		if right.Level < None || right.Level > levelAt(c.r.Granted, right.Feature) {
			return Step{}, false, RightsExceedRequest
		}
	}
	later := !c.r.ExpireTime.IsZero() && n.Until.After(c.r.ExpireTime)
	if !n.Until.IsZero() && (later || !n.Until.After(n.Now) || !n.Until.After(c.r.begin())) {
		return Step{}, false, DurationOutOfRange
	}
	step, changed = c.limit(n)
	return step, changed, nil
}

// NarrowWith narrows what followed from a yes to a whole team as that yes was: what
// is narrower already stays.
func (c *Consent) NarrowWith(n Narrowing) (Step, bool) {
	if c.StateAt(n.Now) != Given {
		return Step{}, false
	}
	return c.limit(n)
}

// NoteRunning has a request for more than somebody's access say what runs now.
func (c *Consent) NoteRunning(given Record) {
	c.r.Extends = given.Standing()
	c.r.Version++
}

func (c *Consent) limit(n Narrowing) (Step, bool) {
	granted, until := lowered(c.r.Granted, n.Rights), c.r.ExpireTime
	if !n.Until.IsZero() && (until.IsZero() || n.Until.Before(until)) {
		until = n.Until
	}
	if until.Equal(c.r.ExpireTime) && slices.Equal(granted, c.r.Granted) {
		return Step{}, false
	}
	if !until.Equal(c.r.ExpireTime) {
		c.r.ExpireTime, c.r.Choice = until, UntilDate
	}
	c.r.Granted = granted
	c.r.Version++
	return Step{Event: Narrow, From: Given, To: Given, Actor: n.By, Time: n.Now, Reason: "narrow"}, true
}

// lowered is what is left of rights: each at most as high as the nearest of the
// limits allows, and a limit in between stands for itself.
func lowered(granted, limits []Right) []Right {
	levels := map[string]Level{}
	for _, right := range granted {
		levels[right.Feature] = right.Level
		if limit, ok := nearest(limits, right.Feature); ok {
			levels[right.Feature] = min(right.Level, limit.Level)
		}
	}
	for _, limit := range limits {
		levels[limit.Feature] = min(limit.Level, levelAt(granted, limit.Feature))
	}
	return byFeature(levels)
}

// Narrow leaves the grant no more than its consent does, which the decision hears
// of.
func (g Grant) Narrow(r Record) Grant {
	g.Rights, g.ValidUntil = r.Granted, r.ExpireTime
	g.Version++
	return g
}
