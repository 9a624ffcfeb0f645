package pages

import (
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	// flightWait and flightTries bound how long the second press waits for the
	// answer to the first.
	flightWait  = 250 * time.Millisecond
	flightTries = 20
)

// once makes two presses of one form a single act: the second waits for what
// the first is doing and gets the same answer.
func (c *call) once(act func() error) error {
	for range flightTries {
		err := act()
		if !fault.Is(err, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT) {
			return err
		}
		select {
		case <-c.r.Context().Done():
			return c.r.Context().Err()
		case <-time.After(flightWait):
		}
	}
	return act()
}
