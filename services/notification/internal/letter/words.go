package letter

import (
	"fmt"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"
)

// zone is the readers': times in mails name it.
const zone = "Europe/Paris"

// functions are what templates may call.
func (f frame) functions() template.FuncMap {
	return template.FuncMap{"label": f.label, "lower": lowerFirst, "moment": f.moment}
}

// label spells out a code, with or without its enum's prefix; other texts stay
// as they are.
func (f frame) label(code string) string {
	for _, prefix := range []string{"PARTNER_ROLE_", "ROLE_", "CONSENT_STATE_"} {
		code = strings.TrimPrefix(code, prefix)
	}
	if word, ok := f.Words[code]; ok {
		return word
	}
	return code
}

// lowerFirst fits a label into a sentence.
func lowerFirst(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return words
	}
	return string(unicode.ToLower(first)) + words[size:]
}

// moment writes an RFC 3339 time for people; other texts stay as they are.
func (f frame) moment(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	place, name := time.UTC, "UTC"
	if paris, err := time.LoadLocation(zone); err == nil {
		place, name = paris, f.Zone
	}
	at = at.In(place)
	day := fmt.Sprintf("%d %s %d", at.Day(), f.Months[at.Month()-1], at.Year())
	return fmt.Sprintf("%s %s %s (%s)", day, f.At, at.Format("15:04"), name)
}
