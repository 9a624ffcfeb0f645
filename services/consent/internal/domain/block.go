package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Block keeps a partner from asking a client.
type Block struct {
	ID, ClientID, PartnerID id.ID
	PartnerName             string
	Actor                   Actor
	// Reason is a category; empty is fine.
	Reason  string
	Time    time.Time
	EndTime time.Time // zero: the partner may not ask
	Version int64
}

// Stands tells whether the partner may not ask.
func (b Block) Stands() bool { return b.Version > 0 && b.EndTime.IsZero() }

// Begin blocks; what stands already stays as it is.
func (b Block) Begin(by Actor, reason string, now time.Time) Block {
	if b.Stands() {
		return b
	}
	b.Actor, b.Reason, b.Time, b.EndTime = by, reason, now, time.Time{}
	b.Version++
	return b
}

// End lets the partner ask again.
func (b Block) End(now time.Time) Block {
	if b.Stands() {
		b.EndTime = now
		b.Version++
	}
	return b
}
