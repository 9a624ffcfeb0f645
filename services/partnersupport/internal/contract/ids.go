// Package contract says how partner support looks from outside: the prefixes
// of its ids, its messages and its events. It decides nothing.
package contract

import (
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// The prefixes of the ids that appear here.
const (
	Organization = "org"
	User         = "usr"
	Invitation   = "inv"
	Collaborator = "col"
	Dossier      = "dos"
	Assignment   = "asg"
	Session      = "sup"
	Product      = "prd"
	Consent      = "cns"
	Grant        = "grt"
)

// Field is one id of a request.
type Field struct {
	Name, Prefix, Text string
	// Optional: the empty text is the zero id.
	Optional bool
}

// ID reads the field's id; a text that is none is an invalid field.
func (f Field) ID() (id.ID, error) {
	if f.Text == "" && f.Optional {
		return id.ID{}, nil
	}
	out, err := id.Parse(f.Prefix, f.Text)
	if err != nil {
		return id.ID{}, fault.Invalid(f.Name, "id")
	}
	return out, nil
}

// IDs reads several fields, in order; the first bad one is answered.
func IDs(fields ...Field) ([]id.ID, error) {
	out := make([]id.ID, len(fields))
	for i, f := range fields {
		var err error
		if out[i], err = f.ID(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
