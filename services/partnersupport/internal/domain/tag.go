package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// TagKind is how a collaborator belongs to the partner; empty: untagged.
type TagKind string

// The kinds (R71, R78).
const (
	Employee   TagKind = "EMPLOYEE"
	Freelancer TagKind = "FREELANCER"
)

// Tag is one tag of a collaborator, for as long as it held: from SinceTime on,
// and before UntilTime.
type Tag struct {
	PartnerID      id.ID
	ID             id.ID
	CollaboratorID id.ID
	Kind           TagKind
	SinceTime      time.Time
	UntilTime      *time.Time // nil: until somebody takes it off
	ActorID        id.ID
	EndActorID     id.ID // zero: nobody, or time
}

// Tagging is what an administrator chose; an empty kind takes the tag off.
type Tagging struct {
	Kind  TagKind
	Until *time.Time
	Actor id.ID
	Time  time.Time
}

// Retag ends the tag that holds, if any, and begins the one chosen; nil where
// there is none. The same tag again changes nothing. The past stays as it was:
// nobody is tagged for a day that is over (R74).
func (c Collaborator) Retag(held *Tag, in Tagging) (ended, begun *Tag, err error) {
	if c.State == Left {
		return nil, nil, CollaboratorGone
	}
	if held != nil && held.Kind == in.Kind && sameTime(held.UntilTime, in.Until) {
		return nil, nil, nil
	}
	if held != nil {
		over := held.End(in.Actor, in.Time)
		ended = &over
	}
	if in.Kind != "" {
		begun = &Tag{
			PartnerID: c.PartnerID, CollaboratorID: c.ID, Kind: in.Kind,
			SinceTime: in.Time, UntilTime: in.Until, ActorID: in.Actor,
		}
	}
	return ended, begun, nil
}

// End gives the tag as it is when it ends now. A clock that lags behind the one
// that began it ends it where it began.
func (t Tag) End(actor id.ID, now time.Time) Tag {
	if now.Before(t.SinceTime) {
		now = t.SinceTime
	}
	t.UntilTime, t.EndActorID = &now, actor
	return t
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
