package domain

import "time"

const (
	// OverturnTerm is how long any approver may turn a no into a yes.
	OverturnTerm = 7 * day
	// ownersTerm is how long an owner may: as long as a request can live.
	ownersTerm = 90 * day
)

// MayOverturn tells whether the person may turn the no into a yes at now, apart
// from what forbids them every yes.
func (r Record) MayOverturn(by Respondent, now time.Time) bool {
	term := OverturnTerm
	if by.Owner {
		term = ownersTerm
	}
	return r.CanOverturn(now) && now.Before(r.RefuseTime.Add(term))
}

// CanOverturn tells whether there is anybody who may.
func (r Record) CanOverturn(now time.Time) bool {
	return r.State == Refused && !r.Final && now.Before(r.RefuseTime.Add(ownersTerm))
}

// Close keeps a no as it is for ever: whom the access was for is gone, or the
// partner wants it no longer.
func (c *Consent) Close() Record {
	c.r.Final = true
	c.r.Version++
	return c.Record()
}
