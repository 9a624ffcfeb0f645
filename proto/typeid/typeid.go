// Package typeid reads and writes the outer form of ids, as every message has
// them: a type's prefix, "_" and the 128 bits of a UUID in 26 characters of
// Crockford's base32 in lower case, such as "org_01h455vb4pex5vsknk084sn02q".
package typeid

import (
	"encoding/binary"
	"errors"
	"strings"
)

// alphabet is Crockford's base32 in lower case: no i, l, o, u. digits has the
// value of each of the 256 bytes, or 0xff.
const (
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	digits   = none16 + none16 + none16 + "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09" + none3 + none3 +
		none16 + none16 +
		"\xff\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\xff\x12\x13\xff\x14\x15\xff\x16\x17\x18\x19\x1a\xff\x1b\x1c\x1d\x1e\x1f" + "\xff\xff" + none3 +
		none16 + none16 + none16 + none16 + none16 + none16 + none16 + none16
	none3  = "\xff\xff\xff"
	none16 = none3 + none3 + none3 + none3 + none3 + "\xff"
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
	// Thirteen characters have 63 bits, for the first has three; the other
	// thirteen have 65.
	high, wrong := bitsOf(body[1:14])
	low, alsoWrong := bitsOf(body[14:])
	if wrong || alsoWrong {
		return id, ErrMalformed
	}
	binary.BigEndian.PutUint64(id[:8], high<<1|uint64(digits[body[14]])>>4)
	binary.BigEndian.PutUint64(id[8:], low)
	if id == ([16]byte{}) {
		return id, ErrMalformed
	}
	return id, nil
}

// bitsOf reads up to 64 bits, the last ones.
func bitsOf(text string) (bits uint64, wrong bool) {
	var all byte
	for i := range len(text) {
		digit := digits[text[i]]
		all |= digit
		bits = bits<<5 | uint64(digit)
	}
	return bits, all == 0xff
}
