// Package job names the work that partner support owes itself: written in the
// transaction that makes it due, done later and again until it succeeds. What
// each job does is package app's.
package job

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Schema is where the job queue keeps its tables.
const Schema = "river"

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
}

// Kind implements river.JobArgs.
func (ResumeRemoval) Kind() string { return "resume_removal" }

// SweepSessions ends visits whose time is over.
type SweepSessions struct{}

// Kind implements river.JobArgs.
func (SweepSessions) Kind() string { return "sweep_sessions" }

// Queue takes jobs.
type Queue struct {
	client *river.Client[pgx.Tx]
}

// NewQueue makes a queue that takes jobs and works none.
func NewQueue() (Queue, error) {
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Schema: Schema})
	if err != nil {
		return Queue{}, fmt.Errorf("making job queue: %w", err)
	}
	return Queue{client: client}, nil
}

// Now makes jobs due with the transaction's commit.
func (q Queue) Now(ctx context.Context, tx pg.Tx, jobs ...river.JobArgs) error {
	return q.insert(ctx, tx, nil, jobs)
}

// At makes a job due at a later time.
func (q Queue) At(ctx context.Context, tx pg.Tx, at time.Time, job river.JobArgs) error {
	return q.insert(ctx, tx, &river.InsertOpts{ScheduledAt: at}, []river.JobArgs{job})
}

func (q Queue) insert(ctx context.Context, tx pg.Tx, opts *river.InsertOpts, jobs []river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, args := range jobs {
		params[i] = river.InsertManyParams{Args: args, InsertOpts: opts}
	}
	if _, err := q.client.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("queueing jobs: %w", err)
	}
	return nil
}

// Migrate brings the queue's own schema to the library's version.
func Migrate(ctx context.Context, owner *pgxpool.Pool) error {
	if _, err := owner.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+Schema); err != nil {
		return fmt.Errorf("making schema of job queue: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(owner), &rivermigrate.Config{Schema: Schema})
	if err != nil {
		return fmt.Errorf("opening migrations of job queue: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating job queue: %w", err)
	}
	return nil
}
