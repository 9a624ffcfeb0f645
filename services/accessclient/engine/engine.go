// Package engine answers "may this person do this in this account, now?" from
// memory: what the tables of the decision say, as one view that a single writer
// keeps up to date and any number of readers ask without a lock. It does no
// I/O, has no clock of its own, and does not know whether what it holds is
// recent: that is the replica's duty.
//
// What a pair of account and subject holds is behind one 64-bit word, so that
// every right that is taken away is gone with one atomic store. A yes by a grant
// reads a second pair, the collaborator's membership of the partner: both ends
// are stores of their own, and whichever is seen denies.
package engine

import "math"

// ID is a UUID.
type ID = [16]byte

// Forever is the end of what does not end by itself, in microseconds.
const Forever = math.MaxInt64

// Denial is why the answer is no.
type Denial uint8

// The denials; Allowed is none.
const (
	Allowed Denial = iota
	NoAccess
	LevelTooLow
	SessionRequired
	Excluded
	FeatureUnknown
	AccountSuspended
)

// Question asks about one person in one account.
type Question struct {
	Account, Subject ID
	Feature          string
	Level            uint8
	// Session is the support session; zero: none.
	Session ID
}

// Answer is the decision. Grant and Consent are of a yes by a grant.
type Answer struct {
	Denial         Denial
	ByGrant        bool
	Grant, Consent ID
	// Until is when a yes ends by itself, in microseconds since 1970, or Forever.
	Until int64
}

// View is everything that decisions are made of. Decide and the lists may be
// called at any time; the Set methods by one goroutine at a time.
type View struct {
	accounts, subjects parties
	pairs              index
	held               arena[pair]
	seed               uint64
	records            arena[record]
	catalogue          catalogue
	sessions           sessions

	live, garbage int // records
}

// NewView makes an empty view. Keys are spread by the seed, which outsiders
// should not know.
func NewView(seed uint64) *View {
	v := &View{seed: seed}
	v.accounts.init(seed)
	v.subjects.init(seed)
	v.pairs.init()
	v.catalogue.init()
	v.sessions.init()
	return v
}

// minGarbage is how many records make a view worth building anew.
const minGarbage = 10_000

// Stale tells that most records of the view can be reached no more: only a new
// view gives their room back.
func (v *View) Stale() bool { return v.garbage > minGarbage && v.garbage > v.live }
