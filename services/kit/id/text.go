package id

import "github.com/aval-access/aval/proto/typeid"

// ErrMalformed says that a text is not the exact form of an id with the
// expected prefix.
var ErrMalformed = typeid.ErrMalformed

// Text gives the outer form, for example Text("org") = "org_01h4…". The zero
// ID has no outer form and gives the empty text.
func (i ID) Text(prefix string) string { return typeid.Format(prefix, i) }

// Parse reads the outer form exactly: this prefix, canonical lower case, 26
// characters, not zero. Anything else is ErrMalformed.
func Parse(prefix, text string) (ID, error) {
	out, err := typeid.Parse(prefix, text)
	return ID(out), err
}
