package typeid

import (
	"strings"
	"testing"
)

func TestEveryByteHasItsDigit(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		want := strings.IndexByte(alphabet, byte(c)) // -1 is the byte of no digit
		if digits[c] != byte(want) {
			t.Errorf("the byte %#x is read as %d, not as %d", c, digits[c], want)
		}
	}
}

func TestAnyBytesOfAnIDComeBack(t *testing.T) {
	t.Parallel()
	for bit := range 128 {
		var id [16]byte
		id[bit/8] = 1 << (bit % 8)
		for _, one := range [][16]byte{id, inverse(id)} {
			text := Format("org", one)
			back, err := Parse("org", text)
			if err != nil || back != one {
				t.Errorf("%x came back as %x: %v", one, back, err)
			}
		}
	}
	if _, err := Parse("org", "org_8"+strings.Repeat("0", 25)); err == nil {
		t.Error("129 bits were taken for an id")
	}
}

func inverse(id [16]byte) [16]byte {
	for i := range id {
		id[i] = ^id[i]
	}
	return id
}
