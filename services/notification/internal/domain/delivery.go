// Package domain holds what a delivery is: one mail to one recipient about one
// fact, how it moves from state to state, and when it is tried again.
package domain

import (
	"errors"
	"fmt"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Prefix of a delivery's id.
const Prefix = "dlv"

const (
	// Lease is how long a worker may hold a delivery; longer than the mail
	// server may take, so that a lease that ended means a worker that died.
	Lease = 40 * time.Second
	// BodyLifetime bounds how long a composed text is kept unsent.
	BodyLifetime = 24 * time.Hour
	// lostDelay is the wait before the one repetition after a lost answer.
	lostDelay = 10 * time.Second
)

// ErrNotDue says that the delivery cannot be claimed now, or ever again.
var ErrNotDue = errors.New("the delivery is not due")

// Fact is the event that a mail is about.
type Fact struct {
	EventID id.ID
	Subject string
	Payload []byte
}

// Body is a composed mail. It is personal data and holds a secret link: kept
// until the mail is gone, BodyLifetime at most.
type Body struct {
	Address string
	Subject string
	Text    string
	HTML    string
	// Logo is a PNG that the HTML shows; empty: none.
	Logo string
}

// IsZero tells whether there is no text any more.
func (b Body) IsZero() bool { return b == Body{} }

// Delivery is one mail to one recipient.
type Delivery struct {
	ID           id.ID
	Tenant       id.ID // zero for a mail about a person's own account
	Fact         Fact
	RecipientRef string
	Template     string
	Locale       string
	CreateTime   time.Time
	Body         Body
	Progress
}

// Progress is the part of a delivery that moves.
type Progress struct {
	State State
	// Attempts counts hand-overs to a mail server.
	Attempts int
	// Refusals counts answers that put the mail off.
	Refusals int
	// Repeated is set once the repetition after a lost answer is used up.
	Repeated bool
	// SMTPCode is the last answer's; 0 when there was none.
	SMTPCode int
	// DueTime is the next try's, or while Sending the end of the lease; zero
	// when there will be none.
	DueTime  time.Time
	SentTime time.Time
	// TryTime is the last hand-over's; zero when there was none.
	TryTime time.Time
}

// New makes a delivery that waits for its turn.
func New(d Delivery, now time.Time) Delivery {
	d.CreateTime = now
	d.Progress = Progress{State: Queued, DueTime: now}
	return d
}

// Done tells whether nothing will happen any more.
func (d *Delivery) Done() bool { return d.DueTime.IsZero() }

// Claim hands the delivery to a worker. One whose worker died in between is
// uncertain: its mail may have been accepted. ErrNotDue: come back at DueTime,
// or never if that is zero.
func (d *Delivery) Claim(now time.Time) error {
	if d.Done() || now.Before(d.DueTime) {
		return ErrNotDue
	}
	if d.State == Sending {
		return errors.Join(d.abandoned(now), ErrNotDue)
	}
	if d.State == Uncertain {
		d.Repeated = true
	}
	if err := d.move(Claim); err != nil {
		return err
	}
	d.Attempts++
	d.TryTime, d.DueTime = now, now.Add(Lease)
	return nil
}

// Accepted notes the server's yes.
func (d *Delivery) Accepted(now time.Time, code int) error {
	if err := d.move(Accept); err != nil {
		return err
	}
	d.SMTPCode, d.SentTime = code, now
	d.finish()
	return nil
}

// Refused notes a no for now; code is 0 when the server could not be reached.
// After the last delay the mail has bounced.
func (d *Delivery) Refused(now time.Time, code int) error {
	delay, ok := delayAfter(d.Refusals)
	if !ok {
		return d.Rejected(code)
	}
	if err := d.move(Defer); err != nil {
		return err
	}
	d.Refusals++
	d.SMTPCode, d.DueTime = code, now.Add(delay)
	return nil
}

// Rejected notes a no for good.
func (d *Delivery) Rejected(code int) error {
	if err := d.move(Reject); err != nil {
		return err
	}
	d.SMTPCode = code
	d.finish()
	return nil
}

// GiveUp ends a delivery that waits and that nothing calls for any more. One
// whose answer was lost stays uncertain.
func (d *Delivery) GiveUp() {
	if next, ok := d.State.Next(Reject); ok {
		d.State = next
	}
	d.finish()
}

// Lost notes that nobody knows whether the server accepted. The mail is sent
// once more, under the same Message-ID, and never a third time.
func (d *Delivery) Lost(now time.Time) error {
	if err := d.move(Lose); err != nil {
		return err
	}
	d.SMTPCode, d.DueTime = 0, now.Add(lostDelay)
	if d.Repeated {
		d.finish()
	}
	return nil
}

// abandoned is Lost by the end of a lease, which was wait enough.
func (d *Delivery) abandoned(now time.Time) error {
	if err := d.Lost(now); err != nil || d.Done() {
		return err
	}
	d.DueTime = now
	return nil
}

func (d *Delivery) move(e Event) error {
	next, ok := d.State.Next(e)
	if !ok {
		return fmt.Errorf("delivery %s: %s cannot happen while %s", d.ID.Text(Prefix), e, d.State)
	}
	d.State = next
	return nil
}

// finish forgets the text: whoever needs it has it.
func (d *Delivery) finish() {
	d.DueTime = time.Time{}
	d.Body = Body{}
}

// delayAfter is the wait after the n-th refusal; false when it was the last.
// The first are short: somebody waits for a link, and a server that starts
// again is away for seconds.
func delayAfter(n int) (time.Duration, bool) {
	delays := []time.Duration{
		10 * time.Second, 20 * time.Second, 40 * time.Second, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}
	if n >= len(delays) {
		return 0, false
	}
	return delays[n], true
}
