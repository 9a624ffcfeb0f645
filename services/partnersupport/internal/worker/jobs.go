package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/job"
)

const (
	// sweepEvery is how late the idleness of a visit is noticed at most.
	sweepEvery = time.Minute
	// freezeEvery is how late a month is written down; what is read of it before
	// is the same.
	freezeEvery = time.Hour
)

// Periodic lists what falls due by itself.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		river.NewPeriodicJob(
			river.PeriodicInterval(sweepEvery),
			func() (river.JobArgs, *river.InsertOpts) { return job.SweepSessions{}, nil },
			nil,
		),
		river.NewPeriodicJob(
			river.PeriodicInterval(freezeEvery),
			func() (river.JobArgs, *river.InsertOpts) { return job.FreezeCredits{}, nil },
			nil,
		),
	}
}

// Handle gives every kind of job its use case.
func Handle(deps app.Deps) {
	jobs.Handle(deps.Queue, requestConsent(app.RequestConsent{Deps: deps}))
	jobs.Handle(deps.Queue, func(ctx context.Context, _ *river.Job[job.FreezeCredits]) error {
		return app.Credits{Deps: deps}.Freeze(ctx)
	})
	jobs.Handle(deps.Queue, func(ctx context.Context, _ *river.Job[job.SweepSessions]) error {
		return app.SweepVisits{Deps: deps}.Do(ctx)
	})
}

// requestConsent asks the client. A client in the cool-down after a no is not
// asked again: the assignment ended with that.
func requestConsent(do app.RequestConsent) func(context.Context, *river.Job[job.RequestConsent]) error {
	return func(ctx context.Context, j *river.Job[job.RequestConsent]) error {
		err := do.Do(ctx, j.Args.PartnerID, j.Args.AssignmentID)
		if fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED) {
			return river.JobCancel(err)
		}
		return err
	}
}
