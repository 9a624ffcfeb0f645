package domain

import "time"

const (
	// NoesThatCool is how many noes in a month cool a whole partner down.
	NoesThatCool = 3
	// NoesWithin is the time over which they are counted.
	NoesWithin = 30 * day
)

// PartnerRetryTime gives when a partner may ask a client again at all; zero
// when nothing stands in the way. The noes are those of the last month, newest
// first.
func PartnerRetryTime(noes []time.Time, coolDown time.Duration) time.Time {
	if len(noes) < NoesThatCool {
		return time.Time{}
	}
	return noes[0].Add(coolDown)
}
