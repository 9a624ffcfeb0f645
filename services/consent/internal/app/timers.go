package app

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Due names a consent and the moment when its job starts.
type Due struct {
	ClientID  id.ID     `json:"client_id"`
	ConsentID id.ID     `json:"consent_id"`
	NotBefore time.Time `json:"-"`
}

// InsertOpts says when the job starts.
func (d Due) InsertOpts() river.InsertOpts { return river.InsertOpts{ScheduledAt: d.NotBefore} }

// RemindRequest is the job that mails a request again that nobody answered.
type RemindRequest struct{ Due }

// Kind names the job.
func (RemindRequest) Kind() string { return "remind_request" }

// NoticeEnd is the job that tells both sides that an access ends.
type NoticeEnd struct{ Due }

// Kind names the job.
func (NoticeEnd) Kind() string { return "notice_end" }

// NoteYear is the job that tells a client once a year who can come in.
type NoteYear struct{ Due }

// Kind names the job.
func (NoteYear) Kind() string { return "note_year" }

// remindLater plans the reminders of a new request.
func (d Deps) remindLater(ctx context.Context, tx pg.Tx, r domain.Record) error {
	return d.plan(ctx, tx, fields.Each(r.ReminderTimes(), func(at time.Time) river.JobArgs {
		return RemindRequest{Due{r.ClientID, r.ID, at}}
	}))
}

// noticeLater plans what both sides are told of an access that was given.
func (d Deps) noticeLater(ctx context.Context, tx pg.Tx, r domain.Record) error {
	times := slices.DeleteFunc(r.NoticeTimes(), d.Clock.Now().After)
	jobs := fields.Each(times, func(at time.Time) river.JobArgs { return NoticeEnd{Due{r.ClientID, r.ID, at}} })
	if next := r.NextYear(d.Clock.Now()); !next.IsZero() {
		jobs = append(jobs, NoteYear{Due{r.ClientID, r.ID, next}})
	}
	return d.plan(ctx, tx, jobs)
}

// plan keeps jobs for their time; a short request or access has none.
func (d Deps) plan(ctx context.Context, tx pg.Tx, jobs []river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	return d.Jobs.InsertMany(ctx, tx, jobs)
}

// Timers runs what falls due with time. None of it decides anything.
type Timers struct{ Deps }

// Remind mails a request again, unless a mail left within the last day or still
// waits to leave. A reminder waits for others like the request did.
func (u Timers) Remind(ctx context.Context, job RemindRequest) error {
	waits, err := u.approversWaiting(ctx, job.Due)
	if err != nil {
		return err
	}
	return u.DB.InTenant(ctx, job.ClientID, func(ctx context.Context, tx pg.Tx) error {
		r, err := u.consents.Lock(ctx, tx, job.ClientID, job.ConsentID)
		if err != nil {
			return err
		}
		next, err := u.departures.NextOf(ctx, tx, r.ID)
		if err != nil || !next.IsZero() {
			return err
		}
		c := domain.Restore(r)
		if !c.Remind(u.Clock.Now()) {
			return nil
		}
		return Remind(u).mailAgain(ctx, tx, c.Record(), waits...)
	})
}

// NoticeEnd tells both sides that an access ends.
func (u Timers) NoticeEnd(ctx context.Context, job NoticeEnd) error {
	return u.note(ctx, timer{job.ClientID, job.ConsentID, domain.Given}, func(_ context.Context, _ pg.Tx, r domain.Record) (proto.Message, error) {
		return &consentv1.ConsentEnding{Consent: refOf(r, id.ID{}), ExpireTime: fields.Time(r.ExpireTime)}, nil
	})
}

// NoteYear tells the client who can come in, once for all its accesses without
// an end: the oldest speaks for the others. The next note is a year later.
func (u Timers) NoteYear(ctx context.Context, job NoteYear) error {
	return u.note(ctx, timer{job.ClientID, job.ConsentID, domain.Given}, func(ctx context.Context, tx pg.Tx, r domain.Record) (proto.Message, error) {
		next := r.NextYear(u.Clock.Now())
		if next.IsZero() { // it has an end by now, which is told
			return nil, nil
		}
		if err := u.Jobs.Insert(ctx, tx, NoteYear{Due{r.ClientID, r.ID, next}}); err != nil {
			return nil, err
		}
		oldest, err := u.consents.OldestEndless(ctx, tx, r.ClientID)
		if err != nil || oldest != r.ID {
			return nil, err
		}
		return &consentv1.ConsentAnniversary{Consent: refOf(r, id.ID{})}, nil
	})
}
