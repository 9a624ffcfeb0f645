package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// RecallApprover is the job that asks an approver again who said not now, at
// the time that they chose.
type RecallApprover struct {
	ClientID   id.ID     `json:"client_id"`
	ConsentID  id.ID     `json:"consent_id"`
	ApproverID id.ID     `json:"approver_id"`
	NotBefore  time.Time `json:"-"`
}

// Kind names the job.
func (RecallApprover) Kind() string { return "recall_approver" }

// InsertOpts says when the job starts.
func (r RecallApprover) InsertOpts() river.InsertOpts {
	return river.InsertOpts{ScheduledAt: r.NotBefore}
}

// Recall runs it.
type Recall struct{ Deps }

// Run does nothing once the request is answered or over.
func (u Recall) Run(ctx context.Context, job RecallApprover) error {
	due := timer{client: job.ClientID, consent: job.ConsentID, state: domain.Requested}
	return u.note(ctx, due, func(_ context.Context, _ pg.Tx, r domain.Record) (proto.Message, error) {
		return &consentv1.ConsentRecalled{Consent: refOf(r, id.ID{}), ActorId: job.ApproverID.Text("usr")}, nil
	})
}

// timer names a consent whose moment has come, and the state that it must be in.
type timer struct {
	client, consent id.ID
	state           domain.State
}

// note tells others of a consent whose moment has come. It decides nothing: in
// another state there is nothing to tell, nor where say answers no message.
func (d Deps) note(ctx context.Context, due timer, say func(context.Context, pg.Tx, domain.Record) (proto.Message, error)) error {
	return d.DB.InTenant(ctx, due.client, func(ctx context.Context, tx pg.Tx) error {
		r, err := d.consents.Lock(ctx, tx, due.client, due.consent)
		if err != nil {
			return err
		}
		c := domain.Restore(r)
		if !c.Note(due.state, d.Clock.Now()) {
			return nil
		}
		r = c.Record()
		message, err := say(ctx, tx, r)
		if err != nil || message == nil {
			return err
		}
		if err := d.consents.Update(ctx, tx, r); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "consent", AggregateID: r.ID, Version: r.Version, Tenant: r.ClientID, Message: message,
		})
	})
}
