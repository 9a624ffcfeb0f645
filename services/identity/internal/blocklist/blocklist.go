// Package blocklist knows the passwords that everybody tries first, and the
// words and names that many people take for one.
package blocklist

import (
	"strings"

	"github.com/ccojocar/zxcvbn-go/frequency"
)

// List is a set of texts in lower case, immutable.
type List struct {
	entries map[string]struct{}
}

// New reads the lists that the library carries: leaked passwords, English
// words, given names and surnames.
func New() *List {
	l := &List{entries: map[string]struct{}{}}
	for _, list := range frequency.Lists {
		for _, entry := range list.List {
			l.entries[strings.ToLower(entry)] = struct{}{}
		}
	}
	return l
}

// Has tells whether the text, in lower case, is listed.
func (l *List) Has(text string) bool {
	_, known := l.entries[text]
	return known
}

// Len is the number of entries.
func (l *List) Len() int { return len(l.entries) }
