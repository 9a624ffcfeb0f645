// Package email is the identity of an e-mail address: what may be stored, the
// key that is unique, and the folded form that only warns. Comparison is made
// here and never by the database or by case folding elsewhere.
package email

import (
	"errors"
	"fmt"
	"strings"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	maxLen      = 254 // bytes: RFC 5321 §4.5.3.1.3 less the angle brackets
	maxLocalLen = 64  // bytes: RFC 5321 §4.5.3.1.1
)

// Address is a valid address. The zero Address is none.
type Address struct {
	local  string // as typed
	domain string // IDNA ASCII form, lower case
}

// Parse reads an address as a person typed it: spaces around it are dropped,
// anything that mail cannot be sent to is refused with
// REASON_ADDRESS_INVALID.
func Parse(text string) (Address, error) {
	addr, err := parse(strings.Trim(text, " "))
	if err != nil {
		return Address{}, fault.New(reasonv1.Reason_REASON_ADDRESS_INVALID, fault.Cause(err))
	}
	return addr, nil
}

func parse(text string) (Address, error) {
	if len(text) > maxLen {
		return Address{}, errors.New("the address is over 254 bytes")
	}
	local, domain, ok := strings.Cut(text, "@")
	if !ok {
		return Address{}, errors.New("the address has no @")
	}
	if err := checkLocal(local); err != nil {
		return Address{}, err
	}
	ascii, err := asciiDomain(domain)
	if err != nil {
		return Address{}, err
	}
	addr := Address{local: local, domain: ascii}
	if len(addr.Stored()) > maxLen {
		return Address{}, errors.New("the address is over 254 bytes in its ASCII form")
	}
	return addr, nil
}

// checkLocal accepts a dot-atom (RFC 5322 §3.2.3): ASCII, no quotes, no
// comments, no controls.
func checkLocal(local string) error {
	if len(local) > maxLocalLen {
		return errors.New("the local part is over 64 bytes")
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return errors.New("the local part has an empty piece")
		}
		for i := range len(atom) {
			if !isAtext(atom[i]) {
				return fmt.Errorf("the local part holds the byte %#x", atom[i])
			}
		}
	}
	return nil
}

func isAtext(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+/=?^_`{|}~-", c) >= 0
}

// Stored gives the form that mail is sent to: the local part as typed, the
// domain in ASCII, so that every mail server takes it.
func (a Address) Stored() string {
	if a.IsZero() {
		return ""
	}
	return a.local + "@" + a.domain
}

// Key gives the unique form: local part in ASCII lower case; +tag and dots
// are significant (R91, R125).
func (a Address) Key() string {
	if a.IsZero() {
		return ""
	}
	return asciiLower(a.local) + "@" + a.domain
}

// Folded gives the key without its +tag. It warns of near-duplicates, finds
// conflicts and self-approval, and limits abuse; it is never unique.
func (a Address) Folded() string {
	local, domain, ok := strings.Cut(a.Key(), "@")
	if !ok {
		return ""
	}
	if tag := strings.IndexByte(local, '+'); tag > 0 {
		local = strings.TrimRight(local[:tag], ".")
	}
	return local + "@" + domain
}

// IsZero tells whether there is no address.
func (a Address) IsZero() bool { return a == Address{} }

func asciiLower(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}
