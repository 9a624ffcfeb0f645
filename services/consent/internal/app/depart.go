package app

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// DepartMail is the job that lets a mail leave with the requests that waited
// for it.
type DepartMail struct {
	PartnerID   id.ID     `json:"partner_id"`
	DepartureID id.ID     `json:"departure_id"`
	NotBefore   time.Time `json:"-"`
}

// Kind names the job.
func (DepartMail) Kind() string { return "depart_mail" }

// InsertOpts says when the job starts.
func (d DepartMail) InsertOpts() river.InsertOpts { return river.InsertOpts{ScheduledAt: d.NotBefore} }

// Depart runs it.
type Depart struct{ Deps }

// Run lets the mail leave, or plans it anew where another left meanwhile.
func (u Depart) Run(ctx context.Context, job DepartMail) error {
	return u.DB.InTenant(ctx, job.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		d, err := u.departures.Lock(ctx, tx, job.DepartureID)
		if err != nil || !d.LeaveTime.IsZero() {
			return err
		}
		left, err := u.departures.Left(ctx, tx, d.PartnerID, d.RecipientID)
		if err != nil {
			return err
		}
		now := u.Clock.Now()
		if due := domain.DepartureTime(d.PlanTime, 0, left); due.After(now) {
			d.PlanTime = due
			return u.planDeparture(ctx, tx, d)
		}
		d.LeaveTime = now
		if err := u.departures.Save(ctx, tx, d); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "request_mail", AggregateID: d.ID, Version: 1, Tenant: d.PartnerID,
			Message: &consentv1.RequestMailDeparted{
				DepartureId: d.ID.Text("dep"), PartnerId: d.PartnerID.Text("org"), RecipientId: d.RecipientID.Text("usr"),
			},
		})
	})
}

func (d Deps) planDeparture(ctx context.Context, tx pg.Tx, planned domain.Departure) error {
	if err := d.departures.Save(ctx, tx, planned); err != nil {
		return err
	}
	return d.Jobs.Insert(ctx, tx, DepartMail{planned.PartnerID, planned.ID, planned.PlanTime})
}

// depart puts a request on the next departure to each approver, in the one
// order in which departures are held.
func (d Deps) depart(ctx context.Context, tx pg.Tx, r domain.Record, approvers []id.ID) error {
	approvers = slices.SortedFunc(slices.Values(approvers), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	for _, approver := range approvers {
		left, err := d.departures.Left(ctx, tx, r.PartnerID, approver)
		if err != nil {
			return err
		}
		planned := domain.Departure{
			ID: id.New(), PartnerID: r.PartnerID, RecipientID: approver,
			PlanTime: domain.DepartureTime(d.Clock.Now(), d.Terms.Grouping, left),
		}
		waiting, err := d.departures.Join(ctx, tx, planned, r)
		if err != nil {
			return err
		}
		if waiting.ID != planned.ID {
			continue // its job is planned
		}
		if err := d.Jobs.Insert(ctx, tx, DepartMail{planned.PartnerID, planned.ID, planned.PlanTime}); err != nil {
			return err
		}
	}
	return nil
}

// whoWaits are the approvers whose mail waits for others; none where there is no
// grouping, nor for what the client offers, of which no mail leaves.
func (d Deps) whoWaits(r domain.Record, approvers []sibling.Person) []id.ID {
	if d.Terms.Grouping == 0 || r.Offered {
		return nil
	}
	return fields.Each(approvers, func(p sibling.Person) id.ID { return p.UserID })
}

// approversWaiting asks who is to be mailed again, where mails wait at all.
func (d Deps) approversWaiting(ctx context.Context, due Due) ([]id.ID, error) {
	if d.Terms.Grouping == 0 {
		return nil, nil
	}
	r, err := d.read(ctx, due.ClientID, due.ConsentID)
	if err != nil || r.StateAt(d.Clock.Now()) != domain.Requested {
		return nil, err
	}
	approvers, err := d.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	return d.whoWaits(r, approvers), err
}

// mailTime is when the first mail about a request leaves; zero: none waits.
func (d Deps) mailTime(ctx context.Context, client, consent id.ID) (time.Time, error) {
	return pg.InTenant(ctx, d.DB, client, func(ctx context.Context, tx pg.Tx) (time.Time, error) {
		return d.departures.NextOf(ctx, tx, consent)
	})
}
