package wording

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dayForm is how a day of the calendar is written for machines.
const dayForm = "2006-01-02"

// local is a moment in the zone in which people read it.
func local(t time.Time) time.Time {
	if place, err := time.LoadLocation(zone); err == nil {
		return t.In(place)
	}
	return t
}

// Day is the day of a moment, in Paris: "2026-11-21".
func Day(t time.Time) string { return local(t).Format(dayForm) }

// DayOf gives when a day begins and when it is over.
func DayOf(day string) (start, end time.Time, err error) {
	start, err = time.ParseInLocation(dayForm, day, local(time.Time{}).Location())
	if err != nil {
		return time.Time{}, time.Time{}, fmt.Errorf("reading a day: %w", err)
	}
	return start, start.AddDate(0, 0, 1), nil
}

// Date writes a day, in Paris.
func Date(locale string, t time.Time) string {
	t = local(t)
	if Language(locale) == "en" {
		return t.Format("2 January 2006")
	}
	months := [...]string{
		"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre",
	}
	return strings.Join([]string{strconv.Itoa(t.Day()), months[t.Month()-1], strconv.Itoa(t.Year())}, " ")
}

// Hour writes the hour of a moment, in Paris.
func Hour(t time.Time) string { return local(t).Format("15:04") }
