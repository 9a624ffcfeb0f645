package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/job"
)

const (
	jobTimeout = 30 * time.Second
	// maxWorkers is how many jobs one process does at a time: each waits for a
	// sibling most of the time.
	maxWorkers = 8
	// sweepEvery is how late the idleness of a visit is noticed at most.
	sweepEvery = time.Minute
	pollEvery  = 500 * time.Millisecond
)

// Jobs is the component that does the jobs.
func Jobs(deps app.Deps, log *slog.Logger) lifecycle.Component {
	return lifecycle.Component{Name: "jobs", Run: func(ctx context.Context, ready func()) error {
		client, err := river.NewClient(riverpgxv5.New(deps.DB.SystemPool()), config(deps, log))
		if err != nil {
			return fmt.Errorf("making job client: %w", err)
		}
		if err := client.Start(ctx); err != nil {
			return fmt.Errorf("starting jobs: %w", err)
		}
		ready()
		<-client.Stopped()
		return nil
	}}
}

func config(deps app.Deps, log *slog.Logger) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &requestConsent{do: app.RequestConsent{Deps: deps}})
	river.AddWorker(workers, &resumeRemoval{do: app.DriveRemoval{Deps: deps}})
	river.AddWorker(workers, &sweepSessions{do: app.SweepVisits{Deps: deps}})
	return &river.Config{
		Schema:            job.Schema,
		Logger:            log,
		Workers:           workers,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}},
		JobTimeout:        jobTimeout,
		FetchPollInterval: pollEvery,
		SoftStopTimeout:   jobTimeout / 6,
		// Rebuilding an index is the owner's right, which this role has not.
		ReindexerIndexNames: []string{},
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(
			river.PeriodicInterval(sweepEvery),
			func() (river.JobArgs, *river.InsertOpts) { return job.SweepSessions{}, nil },
			nil,
		)},
	}
}

type requestConsent struct {
	river.WorkerDefaults[job.RequestConsent]
	do app.RequestConsent
}

// Work asks the client. A client in the cool-down after a no is not asked
// again: the assignment ended with that.
func (w *requestConsent) Work(ctx context.Context, j *river.Job[job.RequestConsent]) error {
	err := w.do.Do(ctx, j.Args.PartnerID, j.Args.AssignmentID)
	if fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED) {
		return river.JobCancel(err)
	}
	return err
}

type resumeRemoval struct {
	river.WorkerDefaults[job.ResumeRemoval]
	do app.DriveRemoval
}

// Work drives a removal on; one that is done stays so.
func (w *resumeRemoval) Work(ctx context.Context, j *river.Job[job.ResumeRemoval]) error {
	_, err := w.do.Do(ctx, j.Args.PartnerID, j.Args.RemovalID)
	return err
}

type sweepSessions struct {
	river.WorkerDefaults[job.SweepSessions]
	do app.SweepVisits
}

// Work ends the visits whose time is over.
func (w *sweepSessions) Work(ctx context.Context, _ *river.Job[job.SweepSessions]) error {
	return w.do.Do(ctx)
}
