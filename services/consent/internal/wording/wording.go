// Package wording puts consent into words, in French and English: the
// canonical text that the client reads and that the hash covers, durations,
// rights and moments, and the sentences of the history. What mails look like
// is left to notification, and pages to the gateway.
package wording

import (
	"strconv"
	"time"
	_ "time/tzdata" // small images have no zone files

	"github.com/aval-access/aval/services/consent/internal/domain"
)

// zone is the one in which moments are written; they name it.
const zone = "Europe/Paris"

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// Language gives "en" for English and "fr" for all else.
func Language(locale string) string {
	if locale == "en" {
		return "en"
	}
	return "fr"
}

// Pick gives the words of a language.
func Pick(locale, fr, en string) string {
	if Language(locale) == "en" {
		return en
	}
	return fr
}

// Duration writes a length of time in its largest whole unit.
func Duration(locale string, d time.Duration) string {
	switch {
	case d == domain.Lasting:
		return Pick(locale, "sans date de fin", "without an end date")
	case d >= 365*day && d%(365*day) == 0:
		return count(locale, int(d/(365*day)), unit{"an", "ans", "year", "years"})
	case d >= 30*day && d%(30*day) == 0:
		return count(locale, int(d/(30*day)), unit{"mois", "mois", "month", "months"})
	case d >= week && d%week == 0:
		return count(locale, int(d/week), unit{"semaine", "semaines", "week", "weeks"})
	case d > day && d%day == 0:
		return count(locale, int(d/day), unit{"jour", "jours", "day", "days"})
	default:
		hours := max(int((d+time.Hour-1)/time.Hour), 1)
		return count(locale, hours, unit{"heure", "heures", "hour", "hours"})
	}
}

type unit struct{ frOne, frMany, enOne, enMany string }

func count(locale string, n int, u unit) string {
	fr, en := u.frMany, u.enMany
	if n == 1 {
		fr, en = u.frOne, u.enOne
	}
	return strconv.Itoa(n) + " " + Pick(locale, fr, en)
}

// Moment writes a date and hour, in Paris's time, and says so.
func Moment(locale string, t time.Time) string {
	return Date(locale, t) + Pick(locale, " à ", " at ") + Hour(t) + Pick(locale, " (heure de Paris)", " (Paris time)")
}

// Choice writes what the client picked.
func Choice(locale string, c domain.Choice) string {
	switch c {
	case domain.Hours24:
		return Pick(locale, "24 heures", "24 hours")
	case domain.OneWeek:
		return Pick(locale, "1 semaine", "1 week")
	case domain.OneMonth:
		return Pick(locale, "1 mois", "1 month")
	case domain.OneYear:
		return Pick(locale, "1 an", "1 year")
	case domain.UntilDate:
		return Pick(locale, "jusqu'à une date", "until a date")
	case domain.UntilStopped:
		return Pick(locale, "sans date de fin, jusqu'à ce qu'il soit arrêté", "without an end date, until it is stopped")
	default:
		return ""
	}
}
