package pages

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
)

const dateForm = "2006-01-02"

// dateTime writes a moment as people here read it: "21 novembre 2026 à
// 21 h 14", its hour kept together. The zone is named once a page, by "time.zone".
func (c *call) dateTime(at time.Time) string {
	at = at.In(c.zone)
	if c.lang == "en" {
		return c.date(at) + at.Format(" at 15:04")
	}
	return c.date(at) + fmt.Sprintf(" à %d\u00a0h\u00a0%02d", at.Hour(), at.Minute())
}

// date writes a day: "1er décembre 2026".
func (c *call) date(at time.Time) string {
	at = at.In(c.zone)
	if c.lang == "en" {
		return at.Format("2 January 2006")
	}
	day := fmt.Sprint(at.Day())
	if at.Day() == 1 {
		day = "1er"
	}
	months := strings.Fields(c.text("time.months"))
	return fmt.Sprintf("%s %s %d", day, months[at.Month()-1], at.Year())
}

// clockTime writes the hour alone.
func (c *call) clockTime(at time.Time) string {
	at = at.In(c.zone)
	if c.lang == "en" {
		return at.Format("15:04")
	}
	return fmt.Sprintf("%d\u00a0h\u00a0%02d", at.Hour(), at.Minute())
}

// dayEnd is the last minute of a typed day; false when it is no date.
func (c *call) dayEnd(typed string) (time.Time, bool) {
	day, err := time.ParseInLocation(dateForm, typed, c.zone)
	if err != nil {
		return time.Time{}, false
	}
	return day.AddDate(0, 0, 1).Add(-time.Minute), true
}

// nextDay is a day to come, as inputs want it.
func (c *call) nextDay(now time.Time, days int) string {
	return now.In(c.zone).AddDate(0, 0, days).Format(dateForm)
}

// dayStart is the first moment of a typed day; nil when it is no date.
func (c *call) dayStart(typed string, later int) *timestamppb.Timestamp {
	day, err := time.ParseInLocation(dateForm, typed, c.zone)
	if err != nil {
		return nil
	}
	return timestamppb.New(day.AddDate(0, 0, later))
}

// moment gives the time of a message's field, nil where it is absent.
func moment(at *timestamppb.Timestamp) *time.Time {
	if at == nil {
		return nil
	}
	t := at.AsTime()
	return &t
}

// addMonths goes on in the calendar and stays in the month that it reaches, as
// the consent itself counts.
func addMonths(from time.Time, n int) time.Time {
	from = from.UTC()
	to := from.AddDate(0, n, 0)
	if to.Day() != from.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to
}
