package domain

import "fmt"

// Seats are what an organisation has of members. People with an assistance
// access are none (R38).
type Seats struct {
	Members int // whose time is not over, suspended ones included
	Pending int // invitations that wait for an answer
	Limit   int // zero: none (R131)
}

// SeatsExhausted refuses one member more.
type SeatsExhausted struct{ Seats }

// Error gives the numbers.
func (e SeatsExhausted) Error() string {
	return fmt.Sprintf("%d members and %d pending invitations of %d seats", e.Members, e.Pending, e.Limit)
}

// MayInvite refuses an invitation that could not be accepted: each pending one
// takes a seat.
func (s Seats) MayInvite() error { return s.room(s.Members + s.Pending) }

// MayJoin refuses a member beyond the limit.
func (s Seats) MayJoin() error { return s.room(s.Members) }

func (s Seats) room(taken int) error {
	if s.Limit > 0 && taken >= s.Limit {
		return SeatsExhausted{s}
	}
	return nil
}
