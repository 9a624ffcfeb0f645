// Package worker feeds consent's use cases from events and timers: the
// history's consumers, the job that brings grants to the decision, and the
// recording of expiries. It decides nothing.
package worker

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/peer"
)

const (
	// settleEvery is how long a grant waits for its next try when the decision
	// could not be reached.
	settleEvery = 5 * time.Second
	// purgeEvery is how often what is past its retention goes, and how late a
	// month's checkpoint leaves at most.
	purgeEvery = time.Hour
	// expireEvery is how often expiries are recorded; answers do not wait for it.
	expireEvery = 15 * time.Second
)

// RecordExpiries is the job that records what time has done.
type RecordExpiries struct{}

// Kind names the job.
func (RecordExpiries) Kind() string { return "record_expiries" }

// InsertOpts keeps runs from piling up.
func (RecordExpiries) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: expireEvery}}
}

// PurgeOld is the job that removes what only served a time.
type PurgeOld struct{}

// Kind names the job.
func (PurgeOld) Kind() string { return "purge_old" }

// InsertOpts keeps runs from piling up.
func (PurgeOld) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: purgeEvery}}
}

// PublishMonth is the job that publishes the ledger's checkpoint of the month
// before.
type PublishMonth struct{}

// Kind names the job.
func (PublishMonth) Kind() string { return "publish_month" }

// InsertOpts keeps runs from piling up.
func (PublishMonth) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: purgeEvery}}
}

// Periodic are consent's timed jobs.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(purgeEvery),
			func() (river.JobArgs, *river.InsertOpts) { return PublishMonth{}, nil },
			&river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(expireEvery),
			func() (river.JobArgs, *river.InsertOpts) { return RecordExpiries{}, nil },
			&river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(purgeEvery),
			func() (river.JobArgs, *river.InsertOpts) { return PurgeOld{}, nil },
			&river.PeriodicJobOpts{RunOnStart: true}),
	}
}

// Handle says what runs each kind of job. Settling is tried until it succeeds:
// an end that the client was promised is never given up.
func Handle(q *jobs.Queue, deps app.Deps) {
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.SettleGrant]) error {
		if err := (app.Settle{Deps: deps}).Run(ctx, job.Args); err != nil {
			deps.Log.WarnContext(ctx, "grant_not_settled_yet", "grant", job.Args.GrantID.Text("grt"), "error", err)
			return river.JobSnooze(settleEvery)
		}
		return nil
	})
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.RecallApprover]) error {
		return app.Recall{Deps: deps}.Run(ctx, job.Args)
	})
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.DepartMail]) error {
		return app.Depart{Deps: deps}.Run(ctx, job.Args)
	})
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.SumVisits]) error {
		return app.Visits{Deps: deps}.Sum(ctx, job.Args)
	})
	handleTimers(q, app.Timers{Deps: deps})
	jobs.Handle(q, func(ctx context.Context, _ *river.Job[PublishMonth]) error {
		return app.Checkpoints{Deps: deps}.Publish(ctx)
	})
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.SendCheckpoint]) error {
		return app.Checkpoints{Deps: deps}.Send(ctx, job.Args)
	})
	jobs.Handle(q, func(ctx context.Context, _ *river.Job[RecordExpiries]) error {
		_, err := app.Expire{Deps: deps}.Do(ctx)
		return err
	})
	jobs.Handle(q, func(ctx context.Context, _ *river.Job[PurgeOld]) error {
		return errors.Join(app.Purge{Deps: deps}.Do(ctx), app.ForgetNames{Deps: deps}.Do(ctx))
	})
}

// handleTimers says what runs what falls due with time.
func handleTimers(q *jobs.Queue, timers app.Timers) {
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.RemindRequest]) error {
		return timers.Remind(ctx, job.Args)
	})
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.NoticeEnd]) error { return timers.NoticeEnd(ctx, job.Args) })
	jobs.Handle(q, func(ctx context.Context, job *river.Job[app.NoteYear]) error { return timers.NoteYear(ctx, job.Args) })
}

// Consumers are the feeds of history and ledger, one per stream, and the one
// that forgets people.
func Consumers(deps app.Deps) []bus.Spec {
	record := app.RecordFact{Deps: deps}.Do
	erasure := peer.Erasure{
		DB: deps.DB, Context: "consent", Forget: app.People{Deps: deps}.Forget,
		Completed: func(user string) proto.Message { return &consentv1.ErasureCompleted{UserId: user} },
	}
	return []bus.Spec{
		erasure.Consumer(), bounces(app.NoteBounce{Deps: deps}),
		{Name: app.HistoryConsumer + "-membership", Stream: bus.StreamMembership, Handler: record},
		{Name: app.HistoryConsumer + "-partnersupport", Stream: bus.StreamPartnerSupport, Handler: record},
		{Name: app.HistoryConsumer + "-consent", Stream: bus.StreamConsent, Handler: record},
		{Name: app.HistoryConsumer + "-identity", Stream: bus.StreamIdentity, Handler: record},
		{Name: app.HistoryConsumer + "-notification", Stream: bus.StreamNotification, Handler: record},
	}
}

// bounces hears of the mails with a link to a request that nobody read.
func bounces(note app.NoteBounce) bus.Spec {
	return bus.Spec{
		Name: app.BounceConsumer, Stream: bus.StreamNotification, Subjects: []string{"aval.notification.v1.mail.bounced"},
		Handler: func(ctx context.Context, e bus.Event) error {
			m, ok := e.Message.(*notificationv1.MailBounced)
			if !ok || !app.AsksApprovers(m.GetTemplate()) {
				return nil
			}
			recipient, err := id.Parse("usr", m.GetRecipientRef())
			if err != nil {
				return bus.Permanent(err)
			}
			return note.Do(ctx, app.Bounce{EventID: e.ID, RecipientID: recipient, Time: e.Time})
		},
	}
}
