package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// LinkProof is what a deployment asks of who answers by link; the empty one is
// ByCode.
type LinkProof string

// The proofs.
const (
	// ByCode asks for a code on a device that is not known.
	ByCode LinkProof = "code"
	// ByLink asks for nothing but the link.
	ByLink LinkProof = "link"
	// BySession takes no answer by link.
	BySession LinkProof = "session"
)

const (
	// CodeTerm is how long a code can be typed, and how long a typed one serves
	// the request that it was sent for.
	CodeTerm = 10 * time.Minute
	// codeTries is how often a code can be typed.
	codeTries = 5
	// codesADay is how many codes a recipient is sent for one request: who holds
	// a forwarded link guesses with 50 tries a day among a million.
	codesADay = 10
	// onePress is how long a second press on the same device is the first one.
	onePress = 30 * time.Second
)

// Code is one code sent to the recipient of a link. It can be typed on the
// device that asked for it, and nowhere else.
type Code struct {
	ID, ClientID, ConsentID, RecipientID id.ID
	// Device is the hash of the device's secret.
	Device []byte
	Tries  int

	CreateTime, ExpireTime time.Time
	ConfirmTime            time.Time // zero: not typed yet
}

// NewCode makes a code; sent counts those of the last day.
func NewCode(c Code, sent int, now time.Time) (Code, error) {
	if sent >= codesADay {
		return Code{}, TooManyCodes
	}
	c.CreateTime, c.ExpireTime = now, now.Add(CodeTerm)
	return c, nil
}

// Serves tells whether the code is still on its way to who presses again: a
// second one would only confuse them.
func (c Code) Serves(now time.Time) bool { return c.Tries == 0 && now.Sub(c.CreateTime) < onePress }

// Try counts a try. The right digits, typed in time, confirm the code; they
// do so again, for a press whose answer was lost.
func (c Code) Try(right bool, now time.Time) (Code, error) {
	if c.Tries >= codeTries || !now.Before(c.ExpireTime) {
		return c, CodeRefused
	}
	c.Tries++
	if !right {
		return c, CodeRefused
	}
	c.ConfirmTime = now
	return c, nil
}
