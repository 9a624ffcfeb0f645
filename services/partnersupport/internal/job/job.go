// Package job names the work that partner support owes itself: inserted in the
// transaction that makes it due, done afterwards and again until it succeeds.
// What each job does is package app's.
package job

import (
	"time"

	"github.com/riverqueue/river"

	"github.com/aval-access/aval/services/kit/id"
)

// RequestConsent asks the client of a new assignment.
type RequestConsent struct {
	PartnerID    id.ID `json:"partner_id"`
	AssignmentID id.ID `json:"assignment_id"`
}

// Kind implements river.JobArgs.
func (RequestConsent) Kind() string { return "request_consent" }

// ResumeRemoval drives a removal on that nobody finished.
type ResumeRemoval struct {
	PartnerID id.ID `json:"partner_id"`
	RemovalID id.ID `json:"removal_id"`
	// NotBefore leaves the first driver its time; zero: at once.
	NotBefore time.Time `json:"-"`
}

// Kind implements river.JobArgs.
func (ResumeRemoval) Kind() string { return "resume_removal" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (r ResumeRemoval) InsertOpts() river.InsertOpts {
	return river.InsertOpts{ScheduledAt: r.NotBefore}
}

// ResumeDossierEnd goes on with a dossier's end that nobody finished.
type ResumeDossierEnd struct {
	PartnerID id.ID `json:"partner_id"`
	DossierID id.ID `json:"dossier_id"`
	// NotBefore leaves the caller's own try its time.
	NotBefore time.Time `json:"-"`
}

// Kind implements river.JobArgs.
func (ResumeDossierEnd) Kind() string { return "resume_dossier_end" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (r ResumeDossierEnd) InsertOpts() river.InsertOpts {
	return river.InsertOpts{ScheduledAt: r.NotBefore}
}

// SweepSessions ends visits whose time is over.
type SweepSessions struct{}

// Kind implements river.JobArgs.
func (SweepSessions) Kind() string { return "sweep_sessions" }
