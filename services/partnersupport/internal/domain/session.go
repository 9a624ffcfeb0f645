package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// SessionLimits bound one visit.
type SessionLimits struct {
	// Life is the absolute length.
	Life time.Duration
	// Idle is how long the product may be silent about it.
	Idle time.Duration
}

// SupportSession is one visit of a collaborator in a dossier.
type SupportSession struct {
	PartnerID      id.ID
	ID             id.ID
	AssignmentID   id.ID
	DossierID      id.ID
	CollaboratorID id.ID
	ProductID      id.ID
	UserID         id.ID
	ClientID       id.ID
	GrantID        id.ID
	ConsentID      id.ID
	Reason         string
	StartTime      time.Time
	ExpireTime     time.Time
	Idle           time.Duration
	LastUseTime    time.Time
	EndTime        *time.Time
	EndActorID     id.ID // zero: time, or the access ended
	Version        int64
}

// Visit is what is known of a session before the decision knows it.
type Visit struct {
	SessionID, ClientID, ProductID id.ID
	Reason                         string
	Limits                         SessionLimits
}

// Begin starts a visit on an assignment that the client agreed to (R27).
func Begin(a Assignment, c Collaborator, v Visit, now time.Time) (SupportSession, error) {
	if a.State != Active {
		return SupportSession{}, NotAssigned
	}
	return SupportSession{
		PartnerID:      a.PartnerID,
		ID:             v.SessionID,
		AssignmentID:   a.ID,
		DossierID:      a.DossierID,
		CollaboratorID: c.ID,
		ProductID:      v.ProductID,
		UserID:         c.UserID,
		ClientID:       v.ClientID,
		Reason:         v.Reason,
		StartTime:      now,
		ExpireTime:     now.Add(v.Limits.Life),
		Idle:           v.Limits.Idle,
		LastUseTime:    now,
		Version:        1,
	}, nil
}

// StandOn binds the visit to the grant that it stands on; it does not outlive
// that grant.
func (s *SupportSession) StandOn(g Grant) {
	s.GrantID, s.ConsentID = g.ID, g.ConsentID
	if g.ValidUntil != nil && g.ValidUntil.Before(s.ExpireTime) {
		s.ExpireTime = *g.ValidUntil
	}
}

// Grant is what membership answers when a visit opens.
type Grant struct {
	ID, ConsentID id.ID
	ValidUntil    *time.Time
}

// Running tells whether the visit may go on now: not ended, within its
// absolute length, and used recently enough.
func (s SupportSession) Running(now time.Time) bool {
	return s.EndTime == nil && now.Before(s.ExpireTime) && now.Before(s.LastUseTime.Add(s.Idle))
}

// VisitEnd is who ends a visit, whose person that is, and when.
type VisitEnd struct {
	Actor id.ID // zero: time, or the access ended
	Side  Side
	Time  time.Time
}

// End ends the visit; a second time it changes nothing and answers false.
func (s *SupportSession) End(e VisitEnd) bool {
	if s.EndTime != nil {
		return false
	}
	s.EndTime, s.EndActorID = &e.Time, e.Actor
	s.Version++
	return true
}
