package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Terminate ends a consent, or all of a person's through one partner, from the
// partner's side. It is idempotent: a repetition waits again.
type Terminate struct{ Deps }

// Termination counts what ended.
type Termination struct {
	RequestsCancelled int
	Ended
}

// Party names the partner and who acts for it.
type Party struct{ PartnerID, ActorID id.ID }

// One ends one consent or cancels its request (R35). Nobody comes back by a no to
// more of what the partner gave up.
func (u Terminate) One(ctx context.Context, p Party, consent id.ID) (Termination, error) {
	var out Termination
	var grants []domain.Grant
	err := u.DB.InTenant(ctx, p.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		r, err := u.consents.LockForPartner(ctx, tx, p.PartnerID, consent)
		if err != nil {
			return err
		}
		held := []domain.Record{r}
		if r.State == domain.Given {
			noes, err := u.consents.LockRefusedExtensions(ctx, tx, r)
			if err != nil {
				return err
			}
			held = append(held, noes...)
		}
		if out.RequestsCancelled, err = u.stop(ctx, tx, p.actor, held); err != nil {
			return err
		}
		found, err := u.grantOf(ctx, tx, r.ClientID, r.ID)
		grants = found
		return err
	})
	if err != nil {
		return Termination{}, err
	}
	out.Ended, err = u.waitForEnd(ctx, grants)
	return out, err
}

// ForSubject ends all that one person holds through the partner, on every
// client (R34, R82).
func (u Terminate) ForSubject(ctx context.Context, p Party, user id.ID) (Termination, error) {
	var out Termination
	for {
		some, more, err := u.subjectBatch(ctx, p, user)
		if err != nil {
			return Termination{}, err
		}
		out = out.plus(some)
		if !more {
			return out, nil
		}
	}
}

// subjectBatch ends one batch, and waits for it and for ends of before that the
// decision has not confirmed.
func (u Terminate) subjectBatch(ctx context.Context, p Party, user id.ID) (Termination, bool, error) {
	var out Termination
	var grants []domain.Grant
	more := false
	err := u.DB.InTenant(ctx, p.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		open, err := u.consents.LockOpenOfSubject(ctx, tx, p.PartnerID, user)
		if err != nil {
			return err
		}
		if out.RequestsCancelled, err = u.stop(ctx, tx, p.actor, open); err != nil {
			return err
		}
		grants, err = u.grants.UnsettledEndsOfSubject(ctx, tx, p.PartnerID, user)
		// Ends of before may be more than one batch, with nothing open any more.
		more = len(open)+len(grants) > 0
		return err
	})
	if err != nil {
		return Termination{}, false, err
	}
	out.Ended, err = u.waitForEnd(ctx, grants)
	return out, more, err
}

type ending struct {
	consent *domain.Consent
	step    domain.Step
	now     time.Time
	// renewed: a newer yes for the same person takes its place.
	renewed bool
}

// finish stores an end with its grant's.
func (d Deps) finish(ctx context.Context, tx pg.Tx, e ending) error {
	if err := d.end(ctx, tx, e.consent, e.now); err != nil {
		return err
	}
	return d.saveAs(ctx, tx, e.consent, fact{step: e.step, renewed: e.renewed})
}

// actor names the collaborator, whom the client knows; other people of the
// partner stay an id.
func (p Party) actor(r domain.Record) domain.Actor {
	actor := domain.Actor{Party: domain.ByPartner, ID: p.ActorID}
	if p.ActorID == r.UserID {
		actor.Name = r.CollaboratorName()
	}
	return actor
}
