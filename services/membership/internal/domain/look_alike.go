package domain

import (
	"slices"
	"strings"
)

// WarningKind is what looks odd about an invited address.
type WarningKind string

// The kinds of warnings.
const (
	SameMailbox WarningKind = "SAME_MAILBOX"
	NearAddress WarningKind = "NEAR_ADDRESS"
	DomainTypo  WarningKind = "DOMAIN_TYPO"
	Renews      WarningKind = "RENEWS"
)

// Warning is one thing to look at before going on (R102, R103). It refuses
// nothing.
type Warning struct {
	Kind  WarningKind
	Email string // the address that is here, or that was probably meant
}

// shortestLocal is where one slip begins to be likelier than another name.
const shortestLocal = 4

// letters are those that local parts are made of.
const letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_+"

// LookAlikes lists the keys one slip away from this one before the "@": a
// character more, less, or another, or two swapped. Short names have none.
func LookAlikes(key string) []string {
	local, domain, _ := strings.Cut(key, "@")
	if len(local) < shortestLocal {
		return nil
	}
	near := slips(local)
	for i := range near {
		near[i] += "@" + domain
	}
	return near
}

// slips lists the words one slip away, each once, without the word itself.
func slips(word string) []string {
	var out []string
	for i := range len(word) + 1 {
		before, after := word[:i], word[i:]
		for _, letter := range letters {
			out = append(out, before+string(letter)+after)
			if after != "" {
				out = append(out, before+string(letter)+after[1:])
			}
		}
		if after != "" {
			out = append(out, before+after[1:])
		}
		if len(after) > 1 {
			out = append(out, before+after[1:2]+after[:1]+after[2:])
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == word })
}

// providers are the domains under which most people have their mailbox. Names
// so short that a slip makes another firm's are left out.
var providers = [...]string{
	"gmail.com", "googlemail.com", "mail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com", "live.fr",
	"msn.com", "yahoo.com", "yahoo.fr", "icloud.com", "orange.fr", "wanadoo.fr", "laposte.net", "bbox.fr", "neuf.fr",
	"aliceadsl.fr", "numericable.fr", "protonmail.com", "bluewin.ch", "skynet.be",
}

// MeantDomain gives the mail provider that a domain is one slip away from
// ("gmial.com", R102); false where it is one, or like none.
func MeantDomain(domain string) (string, bool) {
	if slices.Contains(providers[:], domain) {
		return "", false
	}
	for _, provider := range providers {
		if oneSlip(provider, domain) {
			return provider, true
		}
	}
	return "", false
}

// oneSlip tells whether two different words are one slip apart.
func oneSlip(one, other string) bool {
	if len(one) > len(other) {
		one, other = other, one
	}
	at := 0
	for at < len(one) && one[at] == other[at] {
		at++
	}
	one, other = one[at:], other[at:]
	switch {
	case other == "" || len(other)-len(one) > 1:
		return false
	case len(other) > len(one):
		return other[1:] == one
	case one[1:] == other[1:]:
		return true
	default:
		return len(one) > 1 && one[0] == other[1] && one[1] == other[0] && one[2:] == other[2:]
	}
}
