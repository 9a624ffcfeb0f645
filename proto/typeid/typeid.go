// Package typeid reads and writes the outer form of ids, as every message has
// them: a type's prefix, "_" and the 128 bits of a UUID in 26 characters of
// Crockford's base32 in lower case, such as "org_01h455vb4pex5vsknk084sn02q".
package typeid

import (
	"errors"
	"strings"
)

// alphabet is Crockford's base32 in lower case: no i, l, o, u. digits has the
// value of each character from '0' to 'z', or none.
const (
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	digits   = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09" +
		none + none + none +
		"\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\xff\x12\x13\xff\x14\x15\xff\x16\x17\x18\x19\x1a\xff\x1b\x1c\x1d\x1e\x1f"
	none = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
)

// textLen is the length of the part after "prefix_", the first character of
// which carries three bits.
const textLen = 26

// ErrMalformed says that a text is not the exact form of an id with the
// expected prefix.
var ErrMalformed = errors.New("malformed id")

// Format gives the outer form. The zero id has none and gives the empty text.
func Format(prefix string, id [16]byte) string {
	if id == ([16]byte{}) {
		return ""
	}
	out := make([]byte, textLen)
	bits, held, at := uint32(0), uint(0), len(id)-1
	for n := textLen - 1; n >= 0; n-- {
		if held < 5 && at >= 0 {
			bits |= uint32(id[at]) << held
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
func Parse(prefix, text string) (id [16]byte, err error) {
	body, ok := strings.CutPrefix(text, prefix)
	if !ok || len(body) != 1+textLen || body[0] != '_' || body[1] > '7' {
		return id, ErrMalformed
	}
	bits, held, at := uint32(0), uint(0), len(id)-1
	for n := textLen; n > 0; n-- {
		place := body[n] - '0'
		if int(place) >= len(digits) || digits[place] > 31 {
			return [16]byte{}, ErrMalformed
		}
		bits |= uint32(digits[place]) << held
		held += 5
		if held >= 8 && at >= 0 {
			id[at] = byte(bits)
			bits >>= 8
			held -= 8
			at--
		}
	}
	if id == ([16]byte{}) {
		return id, ErrMalformed
	}
	return id, nil
}
