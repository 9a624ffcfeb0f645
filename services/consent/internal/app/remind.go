package app

import (
	"context"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// Remind mails a pending request again, at most once a day however often the
// collaborator tries to enter (R28); a mail that waits for others leaves then.
type Remind struct{ Deps }

// Reminded says what happened.
type Reminded struct {
	ClientID id.ID
	Mailed   bool
	State    domain.State
	// RetryTime is when asking again becomes possible, after a no or a
	// withdrawal; else zero.
	RetryTime time.Time
	// Paused says that an access waits for the client's confirmation.
	Paused bool
	// StartTime is when an access begins that was given for later; else zero.
	StartTime time.Time
}

// Do acts for the partner who asked.
func (u Remind) Do(ctx context.Context, partner, consent id.ID) (Reminded, error) {
	var out Reminded
	err := u.DB.InTenant(ctx, partner, func(ctx context.Context, tx pg.Tx) error {
		r, err := u.consents.LockForPartner(ctx, tx, partner, consent)
		if err != nil {
			return err
		}
		c, now := domain.Restore(r), u.Clock.Now()
		if err := u.overtake(ctx, tx, c); err != nil {
			return err
		}
		out = Reminded{ClientID: r.ClientID, State: c.StateAt(now), RetryTime: c.RetryTime(u.Terms.CoolDown), Mailed: c.Remind(now)}
		if out.State == domain.Given && r.StartTime.After(now) {
			out.StartTime = r.StartTime
		}
		if out.Paused = r.PausedAt(now); out.Paused {
			out.Mailed, err = u.askToConfirm(ctx, tx, c)
			return err
		}
		if !out.Mailed {
			return nil
		}
		return u.mailAgain(ctx, tx, c.Record())
	})
	return out, err
}

// askToConfirm mails the approvers of an access that pauses, at most once a day.
func (u Remind) askToConfirm(ctx context.Context, tx pg.Tx, c *domain.Consent) (bool, error) {
	if !c.AskToConfirm(u.Clock.Now()) {
		return false, nil
	}
	r := c.Record()
	if err := u.consents.Update(ctx, tx, r); err != nil {
		return false, err
	}
	return true, outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "consent", AggregateID: r.ID, Version: r.Version, Tenant: r.ClientID,
		Message: &consentv1.ConsentConfirmationAsked{Consent: refOf(r, id.ID{})},
	})
}

// overtake: who stands at the door waits for no other mail. A request whose mail
// has not left was not mailed yet.
func (u Remind) overtake(ctx context.Context, tx pg.Tx, c *domain.Consent) error {
	if c.StateAt(u.Clock.Now()) != domain.Requested {
		return nil
	}
	waited, err := u.departures.Overtake(ctx, tx, c.Record().ID)
	if waited {
		c.Unmailed()
	}
	return err
}

// mailAgain has the approvers mailed; for those given the mail waits for others.
func (u Remind) mailAgain(ctx context.Context, tx pg.Tx, r domain.Record, waits ...id.ID) error {
	if err := u.consents.Update(ctx, tx, r); err != nil {
		return err
	}
	if err := u.depart(ctx, tx, r, waits); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "consent", AggregateID: r.ID, Version: r.Version, Tenant: r.ClientID,
		Message: &consentv1.ConsentReminded{Consent: refOf(r, id.ID{}), Grouped: len(waits) > 0},
	})
}
