package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// ConflictKind is how sure it is that two partners mean the same person; empty:
// they do not.
type ConflictKind string

// The kinds.
const (
	// SameAddress: the second partner gets no credit (R84).
	SameAddress ConflictKind = "EXACT"
	// AlikeAddress: the addresses differ in their tags alone, which only warns.
	AlikeAddress ConflictKind = "ALIKE"
)

// Warning gives what an assignment is warned of; empty: nothing.
func (k ConflictKind) Warning() Refusal {
	switch k {
	case SameAddress:
		return PartnerConflict
	case AlikeAddress:
		return PartnerConflictPossible
	}
	return ""
}

// ReleaseRequest is the wish of a partner, which is not named, that the one that
// was first lets a person go (R85, R127).
type ReleaseRequest struct {
	PartnerID    id.ID
	ID           id.ID
	AssignmentID id.ID
	CreateTime   time.Time
	KeepTime     *time.Time
	KeepActorID  id.ID
	Version      int64
}

// ReleaseState is how far a release request has come.
type ReleaseState string

// The states. The assignment's end grants the request, whatever was answered.
const (
	ReleaseOpen ReleaseState = "OPEN"
	ReleaseKept ReleaseState = "KEPT"
	Released    ReleaseState = "RELEASED"
)

// State tells it; live says that the assignment has not ended.
func (r ReleaseRequest) State(live bool) ReleaseState {
	switch {
	case !live:
		return Released
	case r.KeepTime != nil:
		return ReleaseKept
	}
	return ReleaseOpen
}

// Keep answers that the person stays.
func (r *ReleaseRequest) Keep(live bool, actor id.ID, now time.Time) error {
	if r.State(live) != ReleaseOpen {
		return TransitionRefused
	}
	r.KeepTime, r.KeepActorID = &now, actor
	r.Version++
	return nil
}
