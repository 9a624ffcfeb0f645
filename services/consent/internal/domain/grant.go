package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// GrantState is whether a grant is in force.
type GrantState string

// The states of a grant. Withdrawing, detaching and removing revoke it; time
// and a newer consent end it.
const (
	GrantActive  GrantState = "ACTIVE"
	GrantEnded   GrantState = "ENDED"
	GrantRevoked GrantState = "REVOKED"
)

// Grant is the delegated right under a given consent. It is never a membership
// and counts as no seat (R33, R38).
type Grant struct {
	ID, ConsentID, ClientID, PartnerID, UserID id.ID

	Role       Role
	Rights     []Right
	State      GrantState
	ValidFrom  time.Time
	ValidUntil time.Time // zero: no end of its own
	LeaseUntil time.Time // zero: no pause; else it works until then
	EndTime    time.Time
	Scheduled  bool  // the client chose when it begins
	EndReason  State // the consent's final state
	// Version rises with every change; Settled is the version that the decision
	// has confirmed.
	Version, Settled int64
}

// IsSettled tells whether the decision knows the grant as it is.
func (g Grant) IsSettled() bool { return g.Settled >= g.Version }

// WorksUntil is when the grant stops working by itself; zero: never.
func (g Grant) WorksUntil() time.Time {
	if g.ValidUntil.IsZero() || !g.LeaseUntil.IsZero() && g.LeaseUntil.Before(g.ValidUntil) {
		return g.LeaseUntil
	}
	return g.ValidUntil
}

// Renew gives the grant another lease, which the decision hears of. A grant that
// is over stays as it is.
func (g Grant) Renew(lease Lease) Grant {
	if g.State == GrantActive && !g.LeaseUntil.Equal(lease.Until) {
		g.LeaseUntil = lease.Until
		g.Version++
	}
	return g
}

// End takes the grant out of force, for the consent's final state. A grant
// that is over stays as it is.
func (g Grant) End(by State, now time.Time) Grant {
	if g.State != GrantActive {
		return g
	}
	g.State = GrantRevoked
	if by == Expired || by == Superseded {
		g.State = GrantEnded
	}
	g.EndTime, g.EndReason = now, by
	g.Version++
	return g
}
