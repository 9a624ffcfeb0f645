package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Side is who of a link acts on it.
type Side string

// The sides.
const (
	PartnerSide Side = "PARTNER"
	ClientSide  Side = "CLIENT"
)

// End ends the link; what stands on it ends with it.
func (d *Dossier) End() error {
	if d.State == DossierEnded {
		return TransitionRefused
	}
	d.State = DossierEnded
	d.Version++
	return nil
}

// Reopen takes the link up again, which the client alone may do. It gives no
// access: whatever stood on it stays ended.
func (d *Dossier) Reopen() error {
	if d.State != DossierEnded {
		return TransitionRefused
	}
	d.State = DossierActive
	d.Version++
	return nil
}

// DossierEnding is the end of a link on its way through the services.
type DossierEnding struct {
	PartnerID id.ID
	ID        id.ID
	DossierID id.ID
	ClientID  id.ID
	Side      Side
	ActorID   id.ID
	Receipt
	CreateTime   time.Time
	CompleteTime *time.Time // nil: the siblings have not all ended it
}

// Complete notes that nobody answers yes any more. Our own rows were counted
// when it began; of the siblings' count stays what they did not know of.
func (e *DossierEnding) Complete(theirs Receipt, now time.Time) {
	e.Grants = max(e.Grants, theirs.Grants)
	e.SupportSessions = max(e.SupportSessions, theirs.SupportSessions)
	e.CompleteTime = &now
}
