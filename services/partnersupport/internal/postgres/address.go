package postgres

import "github.com/aval-access/aval/services/kit/email"

// addressKeys gives by what a stored address is found: as it is unique, and
// without its tag. An address that is none, or was forgotten, is found by
// nothing.
func addressKeys(stored string) (key, canonical string) {
	address, err := email.Parse(stored)
	if err != nil {
		return "", ""
	}
	return address.Key(), address.Folded()
}
