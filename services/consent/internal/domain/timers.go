package domain

import "time"

// longAccess is what an access lasts longer than whose end is told weeks ahead.
const longAccess = 7 * day

// Note marks that others are told of the consent as it is; false when it is not
// in that state any more.
func (c *Consent) Note(state State, now time.Time) bool {
	if c.StateAt(now) != state {
		return false
	}
	c.r.Version++
	return true
}

// ReminderTimes are when a request that nobody answered is mailed again: after
// two and seven days, and a day before its end.
func (r Record) ReminderTimes() []time.Time {
	var out []time.Time
	last := r.CreateTime
	for _, at := range []time.Time{r.CreateTime.Add(2 * day), r.CreateTime.Add(7 * day), r.RequestExpireTime.Add(-day)} {
		if at.Sub(last) >= day && at.Before(r.RequestExpireTime) {
			out, last = append(out, at), at
		}
	}
	return out
}

// NoticeTimes are when both sides are told that an access ends: 30, 7 and 1
// days before for a long one, 24 hours and 1 hour before for a short one.
func (r Record) NoticeTimes() []time.Time {
	if r.ExpireTime.IsZero() {
		return nil
	}
	before := []time.Duration{day, time.Hour}
	if r.ExpireTime.Sub(r.begin()) > longAccess {
		before = []time.Duration{30 * day, 7 * day, day}
	}
	var out []time.Time
	for _, d := range before {
		if at := r.ExpireTime.Add(-d); at.After(r.begin()) {
			out = append(out, at)
		}
	}
	return out
}

// NextYear gives when the client is told again who can come in; zero for an
// access that has an end of its own.
func (r Record) NextYear(now time.Time) time.Time {
	if r.Choice != UntilStopped {
		return time.Time{}
	}
	next := r.GiveTime
	for !next.After(now) {
		next = addMonths(next, monthsOfAYear)
	}
	return next
}
