package engine

import "time"

const (
	// Lease is how long a replica answers after it last asked what changed.
	Lease = 2 * time.Second
	// Margin covers clocks that drift apart while a lease runs out, by far
	// more than the 0.1 % that the protocol allows for (3).
	Margin = 50 * time.Millisecond
)

// Standing is what a lease lets a replica say: lease and view of one
// generation, replaced as one (17). The numbers in comments are the rules of the
// revocation protocol (deploy/docs/adr/0017-decisions-from-memory.md).
type Standing struct {
	View *View
	// Since is the instant before the renewal was sent, on this machine's
	// clocks, and Lasts how long the lease lasts from then.
	Since time.Time
	Lasts time.Duration
	// Clock is the database's time at Since or a little later, in
	// microseconds since 1970: by no more than Early.
	Clock, Early int64
}

// Valid: both the monotonic and the wall clock say so; the first stands still
// while a machine sleeps (18).
func (s *Standing) Valid(now time.Time) bool { return s != nil && s.Left(now) > 0 }

// Left is how long the lease still lasts.
func (s *Standing) Left(now time.Time) time.Duration { return s.Lasts - s.elapsed(now) }

// elapsed is the time since, by whichever clock says more.
func (s *Standing) elapsed(now time.Time) time.Duration {
	return max(now.Sub(s.Since), now.Round(0).Sub(s.Since.Round(0)))
}

// At is the database's time, at the latest, in microseconds since 1970 (20).
func (s *Standing) At(now time.Time) int64 { return s.Clock + s.elapsed(now).Microseconds() }

// After makes a standing that follows another: a database's clock that was set
// back brings nothing back that has ended by its time. This machine's wall clock
// has no say in it: one that was set forward would end everything for good.
func (s Standing) After(before *Standing) *Standing {
	if before != nil {
		s.Clock = max(s.Clock, before.Clock-before.Early+s.Since.Sub(before.Since).Microseconds())
	}
	return &s
}
