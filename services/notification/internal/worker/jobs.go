package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/notification/internal/app"
)

const purgeEvery = time.Hour

// Jobs are the use cases that the queue runs.
type Jobs struct {
	Compose app.Compose
	Send    app.Send
	Purge   app.Purge
	Clock   clock.Clock
}

// Register says which use case runs which kind of job.
func (j Jobs) Register(q *jobs.Queue) {
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.ComposeJob]) error {
		return j.Compose.Do(ctx, job.Args)
	})
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.SendJob]) error {
		next, err := j.Send.Do(ctx, job.Args.DeliveryID)
		if err != nil || next.IsZero() {
			return err
		}
		return river.JobSnooze(max(next.Sub(j.Clock.Now()), 0))
	})
	jobs.Handle(q, func(ctx context.Context, _ *river.Job[app.PurgeJob]) error {
		return j.Purge.Do(ctx)
	})
}

// Periodic lists the jobs that time asks for.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(purgeEvery),
		func() (river.JobArgs, *river.InsertOpts) { return app.PurgeJob{}, nil },
		&river.PeriodicJobOpts{RunOnStart: true})}
}
