package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

const (
	// ProofLife is the time to follow the link to the new address.
	ProofLife = 30 * time.Minute
	// UndoLife is the time in which the old address takes the change back.
	UndoLife = 72 * time.Hour
	// ResetLife is the time to set a new password by a link.
	ResetLife = 30 * time.Minute
)

// EmailChangeState is how far a change of address has come.
type EmailChangeState string

// The states: PENDING becomes CONFIRMED or CANCELLED, CONFIRMED may become
// UNDONE.
const (
	EmailPending   EmailChangeState = "PENDING"
	EmailConfirmed EmailChangeState = "CONFIRMED"
	EmailUndone    EmailChangeState = "UNDONE"
	EmailCancelled EmailChangeState = "CANCELLED"
)

// EmailChange moves a person from one address to another (R112).
type EmailChange struct {
	ID, UserID         id.ID
	OldEmail, NewEmail string
	// ActorID is the administrator who began it; zero for the person themself.
	ActorID    id.ID
	State      EmailChangeState
	CreateTime time.Time
	// ConfirmTime is zero before the new address was proven.
	ConfirmTime time.Time
}

// NeedsPassword tells whether the new mailbox alone proves nothing: somebody
// else named it.
func (c EmailChange) NeedsPassword() bool { return !c.ActorID.IsZero() }

// Left is how long the link may still be followed: the one to the new address
// before the change, the one to the old address after it; zero or less when
// there is nothing to follow.
func (c EmailChange) Left(now time.Time) time.Duration {
	switch c.State {
	case EmailPending:
		return c.CreateTime.Add(ProofLife).Sub(now)
	case EmailConfirmed:
		return c.ConfirmTime.Add(UndoLife).Sub(now)
	case EmailUndone, EmailCancelled:
	}
	return 0
}
