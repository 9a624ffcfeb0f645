package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

const (
	// NumberTerm is how long a number leads to its request.
	NumberTerm = 15 * time.Minute
	// NumberRest is how long a number that is over is given to nobody else:
	// whoever types it late finds nothing.
	NumberRest = time.Hour
	// CallsWithin is the time over which calls are counted.
	CallsWithin = 24 * time.Hour
	// SourceWithin is the same for one network.
	SourceWithin = time.Hour
	// callsOfNumber and callsOfAddress are how many codes may be wished for with
	// one number, and for one address.
	callsOfNumber, callsOfAddress = 10, 10
)

// Number leads a client on the phone to a request. It is no secret.
type Number struct {
	Number                 string // eight digits
	ClientID, ConsentID    id.ID
	CreateTime, ExpireTime time.Time
}

// Lives tells whether the number still leads to its request.
func (n Number) Lives(now time.Time) bool { return now.Before(n.ExpireTime) }

// Call is the wish for a code of somebody who typed a number. Whose the address
// is stays open until the right digits came back.
type Call struct {
	Code
	Number string
	// Address and Source are hashes of the address that was typed, and of where
	// from.
	Address, Source []byte
}

// NewCall is the wish as it comes, before it is known whether it leads anywhere.
func NewCall(c Call, now time.Time) Call {
	c.CreateTime, c.ExpireTime = now, now.Add(CodeTerm)
	return c
}

// CallCounts are the calls so far, this one among them.
type CallCounts struct{ OfNumber, OfAddress, OfSource int }

// Check refuses what is too many, ofSource from one network. All three are
// counted whether or not there is such a number or such an approver.
func (c CallCounts) Check(ofSource int) error {
	if c.OfNumber > callsOfNumber || c.OfAddress > callsOfAddress || c.OfSource > ofSource {
		return TooManyCodes
	}
	return nil
}
