package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MinPassword and MaxPassword count runes, exactly as typed; with a second
	// factor MinWithFactor is enough.
	MinPassword   = 15
	MinWithFactor = 12
	MaxPassword   = 128

	// minContext is the shortest word of the context that counts.
	minContext = 3
	// minOwn is how much of a password must be left once words of the context
	// are taken out.
	minOwn = 8
	// minDistinct is how many different characters a password has at least.
	minDistinct = 5
)

// Weakness is the rule that a password breaks, as a rule id; empty for none.
type Weakness string

// The rules.
const (
	TooShort  Weakness = "password.min_len"
	TooLong   Weakness = "password.max_len"
	TooKnown  Weakness = "password.known"
	InContext Weakness = "password.context"
)

// PasswordRules says which passwords are accepted.
type PasswordRules struct {
	// Known tells whether a text in lower case is a known password or a word.
	Known func(text string) bool
	// Brand lists the names of the service.
	Brand []string
}

// Candidate is a password with what it must not be made of.
type Candidate struct {
	Password, Address string
	// Names are the person's and those of their organisations.
	Names []string
	// SecondFactor tells that the person has one.
	SecondFactor bool
}

func (c Candidate) least() int {
	if c.SecondFactor {
		return MinWithFactor
	}
	return MinPassword
}

// Check gives the first rule that the password breaks. It is judged, and later
// verified, exactly as typed: nothing is cut off or folded.
func (r PasswordRules) Check(c Candidate) Weakness {
	length := utf8.RuneCountInString(c.Password)
	switch {
	case length < c.least():
		return TooShort
	case length > MaxPassword:
		return TooLong
	case r.inContext(c):
		return InContext
	case r.isKnown(c.Password):
		return TooKnown
	default:
		return ""
	}
}

// inContext finds passwords that are little more than the person's address or
// names, or the name of the service.
func (r PasswordRules) inContext(c Candidate) bool {
	rest := strings.ToLower(c.Password)
	context := strings.ToLower(strings.Join(append([]string{c.Address}, c.Names...), " "))
	words := append(strings.FieldsFunc(context, isSeparator), r.Brand...)
	found := false
	for _, word := range words {
		if len(word) < minContext || !strings.Contains(rest, word) {
			continue
		}
		found = true
		rest = strings.ReplaceAll(rest, word, " ")
	}
	return found && utf8.RuneCountInString(plain(rest)) < minOwn
}

// isKnown finds what the list holds in the disguises that people use: capitals,
// digits for letters, padding at the ends, repetition, runs along the alphabet
// or the keyboard.
func (r PasswordRules) isKnown(password string) bool {
	lower := strings.ToLower(password)
	for _, form := range []string{lower, undisguise(lower)} {
		unit := shortestUnit(plain(form))
		core := strings.TrimFunc(form, func(c rune) bool { return !unicode.IsLetter(c) })
		if r.Known(form) || r.Known(unit) || r.Known(core) || isRun(unit) {
			return true
		}
	}
	return fewRunes(lower)
}

func isSeparator(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }

// plain drops what is neither letter nor digit.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		if isSeparator(c) {
			return -1
		}
		return c
	}, text)
}

func undisguise(text string) string {
	return strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s").Replace(text)
}

// shortestUnit gives "abc" for "abcabcabc" and the text itself where nothing
// repeats.
func shortestUnit(text string) string {
	if text == "" {
		return ""
	}
	// A text found in its own double before the end is a repetition.
	at := strings.Index((text + text)[1:], text) + 1
	return text[:at]
}

// isRun finds pieces of the alphabet, the digits and the keyboard's rows, in
// both directions.
func isRun(text string) bool {
	if len(text) < minDistinct {
		return false
	}
	rows := []string{
		"abcdefghijklmnopqrstuvwxyz",
		"01234567890123456789",
		"azertyuiopqsdfghjklmwxcvbn",
		"qwertyuiopasdfghjklzxcvbnm",
		"qwertzuiopasdfghjklyxcvbnm",
	}
	back := reverse(text)
	for _, row := range rows {
		if strings.Contains(row, text) || strings.Contains(row, back) {
			return true
		}
	}
	return false
}

func reverse(text string) string {
	runes := []rune(text)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func fewRunes(text string) bool {
	distinct := map[rune]struct{}{}
	for _, c := range text {
		distinct[c] = struct{}{}
	}
	return len(distinct) < minDistinct
}
