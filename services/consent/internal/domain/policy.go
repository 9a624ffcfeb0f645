package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// The ranges of what a client or a deployment decides, 0 beside them.
const (
	MinInactivityDays, MaxInactivityDays = 30, 400
	MinReconfirmDays, MaxReconfirmDays   = 30, 365
)

const (
	// unusedPause is how long an access that nobody used can be confirmed.
	unusedPause = 30 * day
	// silentPause is how long an access that nobody confirmed can be.
	silentPause = 90 * day
	// leaseGrain keeps a busy access from being written at each visit.
	leaseGrain = day
)

// Policy is what a client decided beforehand about its accesses.
type Policy struct {
	ClientID id.ID
	// InactivityDays without a visit pause an access; 0: none do.
	InactivityDays int
	// ReconfirmDays without a confirmation pause it; 0: none do.
	ReconfirmDays int
	// SecondFactor is asked of every answer.
	SecondFactor bool
	// NoVisitMails: nobody is told of each visit; NoDailyDigest: nor of each day.
	NoVisitMails, NoDailyDigest bool
	// NoLedgerMails: no seal of the ledger comes by mail each month.
	NoLedgerMails bool
	Version       int64
}

// Lease is how long an access works by itself. The decision knows Until: no job
// needs to run for it to pause.
type Lease struct {
	Until time.Time // zero: no pause
	End   time.Time // from when on it can be confirmed no more
}

// lease gives the one that ends first.
func (p Policy) lease(used, confirmed time.Time) Lease {
	var out Lease
	if p.InactivityDays > 0 {
		until := used.Add(time.Duration(p.InactivityDays) * day)
		out = Lease{until, until.Add(unusedPause)}
	}
	if p.ReconfirmDays > 0 {
		until := confirmed.Add(time.Duration(p.ReconfirmDays) * day)
		if out.Until.IsZero() || until.Before(out.Until) {
			out = Lease{until, until.Add(silentPause)}
		}
	}
	return out
}

// PausedAt tells whether the access pauses: the yes stands, and nobody gets in.
func (r Record) PausedAt(now time.Time) bool {
	return r.StateAt(now) == Given && !r.Lease.Until.IsZero() && !now.Before(r.Lease.Until)
}

// Use notes a visit; false when it changes nothing worth writing.
func (c *Consent) Use(p Policy, now time.Time) bool {
	if c.StateAt(now) != Given || c.r.PausedAt(now) {
		return false
	}
	lease := p.lease(now, c.r.ConfirmTime)
	if lease.Until.Sub(c.r.Lease.Until).Abs() < leaseGrain {
		return false
	}
	c.r.Lease = lease
	c.r.Version++
	return true
}

// Pause records that time made the access pause; false when it did not, or it is
// recorded.
func (c *Consent) Pause(now time.Time) (Step, bool) {
	if c.r.Paused || !c.r.PausedAt(now) {
		return Step{}, false
	}
	c.r.Paused = true
	c.r.Version++
	return Step{Event: Pause, From: Given, To: Given, Time: now}, true
}

// AskToConfirm notes that the approvers are asked; false when a mail left within
// the last day.
func (c *Consent) AskToConfirm(now time.Time) bool {
	if !c.r.PausedAt(now) || now.Sub(c.r.LastMailTime) < day {
		return false
	}
	c.r.LastMailTime = now
	c.r.Version++
	return true
}

// Confirm keeps the access going: the lease begins anew.
func (c *Consent) Confirm(p Policy, by Respondent, asker Asker, now time.Time) (Step, error) {
	if c.StateAt(now) != Given {
		return Step{}, NotGiven
	}
	if err := by.mayAnswer(asker); err != nil {
		return Step{}, err
	}
	c.r.ConfirmTime, c.r.Lease, c.r.Paused = now, p.lease(now, now), false
	c.r.Version++
	return Step{Event: Confirm, From: Given, To: Given, Actor: Actor{Party: ByClient, ID: by.UserID, Name: by.Name}, Time: now}, nil
}
