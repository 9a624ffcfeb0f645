package id

import (
	"errors"
	"strings"
)

// alphabet is Crockford's base32 in lower case: no i, l, o, u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// textLen is the length of the part after "prefix_": 128 bits in 26
// characters, the first of which carries three bits.
const textLen = 26

// ErrMalformed says that a text is not the exact form of an id with the
// expected prefix.
var ErrMalformed = errors.New("malformed id")

// Text gives the outer form, for example Text("org") = "org_01h4…". The zero
// ID has no outer form and gives the empty text.
func (i ID) Text(prefix string) string {
	if i.IsZero() {
		return ""
	}
	out := make([]byte, textLen)
	bits, held, at := uint32(0), uint(0), len(i)-1
	for n := textLen - 1; n >= 0; n-- {
		if held < 5 && at >= 0 {
			bits |= uint32(i[at]) << held
			held += 8
			at--
		}
		out[n] = alphabet[bits&31]
		bits >>= 5
		held -= min(held, 5)
	}
	return prefix + "_" + string(out)
}

// Parse reads the outer form exactly: this prefix, canonical lower case, 26
// characters, not zero. Anything else is ErrMalformed.
func Parse(prefix, text string) (ID, error) {
	body, ok := strings.CutPrefix(text, prefix+"_")
	if !ok || len(body) != textLen || body[0] > '7' {
		return ID{}, ErrMalformed
	}
	var out ID
	bits, held, at := uint32(0), uint(0), len(out)-1
	for n := textLen - 1; n >= 0; n-- {
		value := strings.IndexByte(alphabet, body[n])
		if value < 0 {
			return ID{}, ErrMalformed
		}
		bits |= uint32(value) << held
		held += 5
		if held >= 8 && at >= 0 {
			out[at] = byte(bits)
			bits >>= 8
			held -= 8
			at--
		}
	}
	if out.IsZero() {
		return ID{}, ErrMalformed
	}
	return out, nil
}
