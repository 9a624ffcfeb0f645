// Package wording says in French and English what membership has to say in
// sentences: warnings about an address, results of a batch, and why a guest
// cannot get in. Refusals have the registry's texts.
package wording

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/fault"
)

// sentence is one thing said in both languages.
type sentence struct{ fr, en string }

// in gives the reader's language, with pairs of names and values filled in.
func (s sentence) in(locale string, pairs ...string) string {
	text := s.fr
	if fault.Language(locale) == "en" {
		text = s.en
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// moment writes a time for people; the zone is said.
func moment(locale string, at time.Time) string {
	if fault.Language(locale) == "en" {
		return at.UTC().Format("2 January 2006 at 15:04 UTC")
	}
	return at.UTC().Format("02/01/2006 à 15h04 UTC")
}
