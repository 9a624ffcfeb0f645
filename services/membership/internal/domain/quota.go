package domain

import (
	"fmt"
	"time"
)

// Quota is how many invitations an organisation may send in a stretch of time:
// that many at once, and then one more each time another part of it has passed.
// The zero Quota is no limit.
type Quota struct {
	Size int
	Per  time.Duration
}

// Interval is the part of the time that one invitation takes.
func (q Quota) Interval() time.Duration {
	if q.Size == 0 {
		return 0
	}
	return q.Per / time.Duration(q.Size)
}

// Wait is how long it takes until one more may leave, when what was sent is
// used up by a moment.
func (q Quota) Wait(usedUntil, now time.Time) time.Duration {
	return usedUntil.Add(q.Interval() - q.Per).Sub(now)
}

// InvitationsExhausted refuses one invitation more, and says when there is room
// again.
type InvitationsExhausted struct {
	Limit int
	Wait  time.Duration
}

// Error gives the numbers.
func (e InvitationsExhausted) Error() string {
	return fmt.Sprintf("%d invitations were sent; the next may leave in %s", e.Limit, e.Wait)
}
