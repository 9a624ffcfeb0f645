package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"

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
	return u.DB.InTenant(ctx, job.ClientID, func(ctx context.Context, tx pg.Tx) error {
		r, err := u.consents.Lock(ctx, tx, job.ClientID, job.ConsentID)
		if err != nil {
			return err
		}
		c := domain.Restore(r)
		if !c.Recall(u.Clock.Now()) {
			return nil
		}
		r = c.Record()
		if err := u.consents.Update(ctx, tx, r); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "consent", AggregateID: r.ID, Version: r.Version, Tenant: r.ClientID,
			Message: &consentv1.ConsentRecalled{Consent: refOf(r, id.ID{}), ActorId: job.ApproverID.Text("usr")},
		})
	})
}
