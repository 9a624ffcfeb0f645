package wording

import (
	"fmt"
	"strings"
	"time"
)

// monthForm is how a month of the calendar is written for machines.
const monthForm = "2006-01"

// Month is the month of a moment, in UTC: "2026-11".
func Month(t time.Time) string { return t.UTC().Format(monthForm) }

// MonthOf gives when a month begins and when it is over.
func MonthOf(month string) (start, end time.Time, err error) {
	start, err = time.ParseInLocation(monthForm, month, time.UTC)
	if err != nil {
		return time.Time{}, time.Time{}, fmt.Errorf("reading a month: %w", err)
	}
	return start, start.AddDate(0, 1, 0), nil
}

// NameOfMonth writes a month: "novembre 2026".
func NameOfMonth(locale string, start time.Time) string {
	_, name, _ := strings.Cut(Date(locale, start.AddDate(0, 0, 14)), " ")
	return name
}
