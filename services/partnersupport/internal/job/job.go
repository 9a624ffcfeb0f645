// Package job names the work that partner support owes itself: inserted in the
// transaction that makes it due, done afterwards and again until it succeeds.
// What each job does is package app's.
package job

import (
	"github.com/aval-access/aval/services/kit/id"
)

// RequestConsent asks the client of a new assignment.
type RequestConsent struct {
	PartnerID    id.ID `json:"partner_id"`
	AssignmentID id.ID `json:"assignment_id"`
}

// Kind implements river.JobArgs.
func (RequestConsent) Kind() string { return "request_consent" }

// FreezeCredits writes months down whose time to change is over.
type FreezeCredits struct{}

// Kind implements river.JobArgs.
func (FreezeCredits) Kind() string { return "freeze_credits" }

// SweepSessions ends visits whose time is over.
type SweepSessions struct{}

// Kind implements river.JobArgs.
func (SweepSessions) Kind() string { return "sweep_sessions" }
