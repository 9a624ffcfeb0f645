package domain

import "time"

// Choice is what the client picks (R40).
type Choice string

// The choices; the empty one is never accepted.
const (
	Hours24      Choice = "24_HOURS"
	OneWeek      Choice = "1_WEEK"
	OneMonth     Choice = "1_MONTH"
	OneYear      Choice = "1_YEAR"
	UntilDate    Choice = "DATE"
	UntilStopped Choice = "UNTIL_STOPPED"
)

const (
	day            = 24 * time.Hour
	minDateAhead   = time.Hour
	maxYearsAhead  = 2
	maxStartAhead  = 90 * day
	monthsOfAYear  = 12
	ceilingMonths  = 1 // of who holds consent.approve and nothing more
	maxProposal    = 2 * 366 * day
	minProposal    = time.Hour
	oneWeekDefault = 7 * day
)

// Lasting is the proposal of an access without an end of its own: longer than any
// that can be proposed with one.
const Lasting = 100 * 366 * day

// Duration is a choice with its date, if any.
type Duration struct {
	Choice Choice
	Date   time.Time // with UntilDate alone
}

// End computes when a yes given at now ends by itself; the zero time means
// that it has no end of its own. Months and years are the calendar's, in UTC.
func (d Duration) End(now time.Time) (time.Time, error) {
	switch d.Choice {
	case Hours24:
		return now.Add(day), nil
	case OneWeek:
		return now.Add(7 * day), nil
	case OneMonth:
		return addMonths(now, 1), nil
	case OneYear:
		return addMonths(now, monthsOfAYear), nil
	case UntilDate:
		return d.dateWithin(now)
	case UntilStopped:
		return time.Time{}, nil
	default:
		return time.Time{}, DurationRequired
	}
}

func (d Duration) dateWithin(now time.Time) (time.Time, error) {
	if d.Date.IsZero() {
		return time.Time{}, DurationRequired
	}
	tooSoon := d.Date.Before(now.Add(minDateAhead))
	tooLate := d.Date.After(addMonths(now, maxYearsAhead*monthsOfAYear))
	if tooSoon || tooLate {
		return time.Time{}, DurationOutOfRange
	}
	return d.Date.UTC(), nil
}

// addMonths goes n months on and stays in the month that it reaches: a month
// after 31 January is the last day of February.
func addMonths(from time.Time, n int) time.Time {
	from = from.UTC()
	to := from.AddDate(0, n, 0)
	if to.Day() != from.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to
}

// ProposalOf gives the partner's proposal: 1 week when none was made, an error
// outside 1 hour to 2 years that is not lasting.
func ProposalOf(asked time.Duration) (time.Duration, error) {
	if asked == 0 {
		return oneWeekDefault, nil
	}
	if asked != Lasting && (asked < minProposal || asked > maxProposal) {
		return 0, DurationOutOfRange
	}
	return asked, nil
}
