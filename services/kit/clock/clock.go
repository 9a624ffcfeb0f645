// Package clock is the passage of time as a dependency: code that needs "now"
// is given a Clock, so that tests decide what time it is.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time in UTC.
type Clock interface{ Now() time.Time }

// System is the machine's clock.
type System struct{}

// Now gives the present moment in UTC, to the microsecond: the precision that
// the database keeps, so that a time reads back equal.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that stands still.
type Fixed time.Time

// Now gives the fixed moment.
func (f Fixed) Now() time.Time { return time.Time(f).UTC() }

// Manual is a clock that a test moves. It is safe for concurrent use.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual starts a clock at the given moment.
func NewManual(start time.Time) *Manual { return &Manual{now: start.UTC()} }

// Now gives the moment last set.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock by d and gives the new moment.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	return m.now
}

// Set moves the clock to a moment.
func (m *Manual) Set(to time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = to.UTC()
}
