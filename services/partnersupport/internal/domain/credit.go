package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// monthForm is how a month is written.
const monthForm = "2006-01"

// Month is one of UTC's.
type Month struct{ begin time.Time }

// MonthOf gives the month that an instant is in.
func MonthOf(t time.Time) Month {
	t = t.UTC()
	return Month{time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)}
}

// ReadMonth reads a month, "2026-11"; false when it is none.
func ReadMonth(text string) (Month, bool) {
	begin, err := time.Parse(monthForm, text)
	return Month{begin}, err == nil
}

// String is the month as it is read.
func (m Month) String() string { return m.begin.Format(monthForm) }

// Begin is its first instant, and End the first one after it.
func (m Month) Begin() time.Time { return m.begin }

// End is the first instant after it.
func (m Month) End() time.Time { return m.begin.AddDate(0, 1, 0) }

// Before is so many months earlier.
func (m Month) Before(months int) Month { return Month{m.begin.AddDate(0, -months, 0)} }

// CreditStage is how firm the credits of a month are.
type CreditStage string

// The stages: provisional until the 5th of the next month, frozen after its 15th.
const (
	Provisional CreditStage = "PROVISIONAL"
	Stated      CreditStage = "STATED"
	Frozen      CreditStage = "FROZEN"
)

const (
	provisionalDays = 5
	statedDays      = 15
)

// FreezeTime is when nothing changes the credits of the month any more.
func (m Month) FreezeTime() time.Time { return m.End().AddDate(0, 0, statedDays) }

// StageAt tells how firm the credits of the month are.
func (m Month) StageAt(now time.Time) CreditStage {
	switch {
	case !now.Before(m.FreezeTime()):
		return Frozen
	case !now.Before(m.End().AddDate(0, 0, provisionalDays)):
		return Stated
	}
	return Provisional
}

// Credit is what counts for one client in one month, computed from who acted
// there (R74).
type Credit struct {
	DossierID     id.ID
	ClientID      id.ID
	ClientName    string
	SortName      string
	Visits        int32
	Collaborators int32
	// Untagged: somebody acted without a tag. Conflicting: somebody acted whom
	// another partner had listed first (R84).
	Untagged    bool
	Conflicting bool
	AmountMinor int64 // in the currency's smallest unit
	Currency    string
}

// Credited tells whether it counts.
func (c Credit) Credited() bool { return !c.Untagged && !c.Conflicting }

// Revenue is what a client pays in a month.
type Revenue struct {
	PartnerID   id.ID
	ClientID    id.ID
	Month       Month
	AmountMinor int64
	Currency    string
	Time        time.Time
}
