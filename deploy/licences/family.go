package main

import (
	"slices"
	"strings"
	"unicode"
)

// family is a licence, by the sentences that stand in each copy of it.
type family struct {
	name string // SPDX
	says []string
}

// allowed are the families that may be linked. MPL-2.0 asks for the source of
// its own files, changed or not, and nothing of ours.
func allowed() []family {
	const (
		redistribution = "redistribution and use in source and binary forms with or without modification are permitted"
		endorse        = "may be used to endorse or promote products derived from this software without specific prior written permission"
	)
	return []family{
		{"Apache-2.0", []string{"apache license version 2 0", "grant of patent license"}},
		{"MIT", []string{"permission is hereby granted free of charge to any person obtaining a copy", "the software is provided as is"}},
		{"BSD-3-Clause", []string{redistribution, endorse}},
		{"BSD-2-Clause", []string{redistribution, "redistributions in binary form must reproduce the above copyright notice"}},
		{"ISC", []string{"permission to use copy modify and", "distribute this software for any purpose with or without fee is hereby granted"}},
		{"MPL-2.0", []string{"mozilla public license version 2 0", "secondary license"}},
	}
}

// refused are words of licences that bind the whole product, or that forbid
// some of its uses; they count even beside an allowed text.
func refused() []string {
	return []string{"gnu general public license", "gnu affero", "gnu lesser", "commons clause", "business source license", "server side public license"}
}

// familyOf recognises a licence's text.
func familyOf(text string) (string, bool) {
	words := normal(text)
	said := func(sentence string) bool { return strings.Contains(words, sentence) }
	for _, f := range allowed() {
		if slices.ContainsFunc(f.says, func(sentence string) bool { return !said(sentence) }) {
			continue
		}
		// The Mozilla licence names the GNU licences it lets others choose.
		return f.name, f.name == "MPL-2.0" || !slices.ContainsFunc(refused(), said)
	}
	return "", false
}

// normal keeps the words, in lower case, a space between them.
func normal(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}
