package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Bounds of the mails that ask one approver on behalf of one partner: one a day,
// five a week.
const (
	departuresEvery = day
	departuresAWeek = 5
	// DeparturesCounted is how many past departures bound the next.
	DeparturesCounted = departuresAWeek
)

// Departure is one mail with requests of one partner for one approver.
type Departure struct {
	ID, PartnerID, RecipientID id.ID
	// PlanTime is when it may leave.
	PlanTime time.Time
	// LeaveTime is when it left; zero while it waits.
	LeaveTime time.Time
}

// DepartureTime is when a mail that waits since a moment may leave: after the
// time of grouping, a day after the one before it, and not as the sixth within
// a week. left are the latest that left, newest first.
func DepartureTime(since time.Time, grouping time.Duration, left []time.Time) time.Time {
	at := since.Add(grouping)
	if len(left) > 0 {
		at = later(at, left[0].Add(departuresEvery))
	}
	if len(left) >= departuresAWeek {
		at = later(at, left[departuresAWeek-1].Add(7*day))
	}
	return at
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
