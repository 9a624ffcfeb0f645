// Package jobs is a context's queue of work that must happen after a commit
// and survive a crash: river's tables in a schema of their own, inside the
// context's database. A job is inserted in the transaction that makes it
// necessary. Workers run on the system role, and may see a job twice.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/pg"
)

const (
	schema = "river"
	// atOnce bounds the jobs that a process runs side by side.
	atOnce = 8
	// timeout is the longest that one run of a job may take: twice what a call
	// to a sibling may, for a job goes on where it stopped.
	timeout = 20 * time.Second
	// fetchPause is the least time between two fetches, and the time in which a
	// further insert wakes nobody: a job that inserts the next one would
	// otherwise wait for the poll.
	fetchPause = 5 * time.Millisecond
	fetchPoll  = 250 * time.Millisecond
	// rescueAfter is when a job counts as left behind by a process that died;
	// the queue looks for those every 30 seconds.
	rescueAfter = 30 * time.Second
)

// Migrate is the step for pg.Migrate that makes the queue's schema.
func Migrate(ctx context.Context, owner *pgxpool.Pool) error {
	if _, err := owner.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
		return fmt.Errorf("making schema of jobs: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(owner), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("reading migrations of jobs: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating jobs: %w", err)
	}
	return nil
}

// Options of a queue.
type Options struct {
	DB       *pg.DB
	Log      *slog.Logger
	Periodic []*river.PeriodicJob
}

// Queue takes and runs jobs. Safe for concurrent use once its component runs.
type Queue struct {
	client  *river.Client[pgx.Tx]
	workers *river.Workers
}

// New opens the queue. Every kind gets its handler (Handle) before the
// component runs or a job is inserted.
func New(o Options) (*Queue, error) {
	pool := o.DB.SystemPool()
	if pool == nil {
		return nil, errors.New("opening jobs: no system database url configured")
	}
	workers := river.NewWorkers()
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:               schema,
		Logger:               o.Log,
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		PeriodicJobs:         o.Periodic,
		FetchCooldown:        fetchPause,
		FetchPollInterval:    fetchPoll,
		JobTimeout:           timeout,
		RescueStuckJobsAfter: rescueAfter,
	})
	if err != nil {
		return nil, fmt.Errorf("opening jobs: %w", err)
	}
	return &Queue{client: client, workers: workers}, nil
}

// Handle says what runs a kind of job. river.JobSnooze runs it again later
// without counting as a failure; another error with growing delays, 25 times.
func Handle[T river.JobArgs](q *Queue, work func(context.Context, *river.Job[T]) error) {
	river.AddWorker(q.workers, river.WorkFunc(work))
}

// Insert adds a job that runs once the transaction has committed.
func (q *Queue) Insert(ctx context.Context, tx pg.Tx, args river.JobArgs) error {
	if _, err := q.client.InsertTx(ctx, tx.Tx, args, nil); err != nil {
		return fmt.Errorf("inserting job %s: %w", args.Kind(), err)
	}
	return nil
}

// InsertMany adds jobs in one round trip.
func (q *Queue) InsertMany(ctx context.Context, tx pg.Tx, list []river.JobArgs) error {
	params := make([]river.InsertManyParams, len(list))
	for i, args := range list {
		params[i].Args = args
	}
	if _, err := q.client.InsertManyTx(ctx, tx.Tx, params); err != nil {
		return fmt.Errorf("inserting %d jobs: %w", len(list), err)
	}
	return nil
}

// Component runs the jobs. Stopping lets those that run come to their end.
func (q *Queue) Component() lifecycle.Component {
	return lifecycle.Component{Name: "jobs", Run: func(ctx context.Context, ready func()) error {
		if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("starting jobs: %w", err)
		}
		ready()
		<-ctx.Done()
		return q.stop(ctx)
	}}
}

// hardStopShare is kept of the deadline for jobs that ignore a soft stop.
const hardStopShare = time.Second

func (q *Queue) stop(ctx context.Context) error {
	whole, cancel := lifecycle.Stopping(ctx)
	defer cancel()
	deadline, _ := whole.Deadline()
	soft, cancelSoft := context.WithDeadline(whole, deadline.Add(-hardStopShare))
	defer cancelSoft()
	if q.client.Stop(soft) == nil {
		return nil
	}
	if err := q.client.StopAndCancel(whole); err != nil {
		return fmt.Errorf("stopping jobs: %w", err)
	}
	return nil
}
