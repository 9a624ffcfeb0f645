package app

import (
	"context"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// RequestConsent asks a client for one assignment. Asking twice gives the same
// consent. Nobody gets access by it (R27).
type RequestConsent struct{ Deps }

// Requested says what was asked, and how many can answer.
type Requested struct {
	ConsentID id.ID
	Approvers int
}

// Do takes the parties, names, role, reason and proposal of the record; the
// rest is filled here.
func (u RequestConsent) Do(ctx context.Context, asked domain.Record) (Requested, error) {
	proposed, err := domain.ProposalOf(asked.Proposed)
	if err != nil {
		return Requested{}, err
	}
	approvers, err := u.Siblings.Approvers(ctx, asked.ClientID, asked.PartnerID)
	if err != nil {
		return Requested{}, err
	}
	catalogue, err := u.Siblings.Catalogue(ctx)
	if err != nil {
		return Requested{}, err
	}
	asked.Proposed, asked.Lines = proposed, domain.LinesOf(asked.Role, catalogue)
	consent, err := u.Record(ctx, asked)
	return Requested{ConsentID: consent, Approvers: len(approvers)}, err
}

// Record is the transaction: the request, the first step of its timeline and
// the event whose mail follows, or the request of before.
func (u RequestConsent) Record(ctx context.Context, asked domain.Record) (id.ID, error) {
	consent, err := u.tryRecord(ctx, asked)
	if pg.IsUnique(err, "consent_assignment_unique") {
		// Somebody asked the same at the same time: theirs is there now.
		return u.tryRecord(ctx, asked)
	}
	return consent, err
}

func (u RequestConsent) tryRecord(ctx context.Context, asked domain.Record) (id.ID, error) {
	var consent id.ID
	err := u.DB.InTenant(ctx, asked.ClientID, func(ctx context.Context, tx pg.Tx) error {
		before, ok, err := u.consents.ByAssignment(ctx, tx, asked.ClientID, asked.AssignmentID)
		if err != nil || ok {
			consent = before.ID
			return err
		}
		if err := u.mayAsk(ctx, tx, asked); err != nil {
			return err
		}
		if err := u.takeOver(ctx, tx, &asked); err != nil {
			return err
		}
		asked.ID = id.New()
		consent = asked.ID
		return u.insert(ctx, tx, asked)
	})
	return consent, err
}

// takeOver notes who hands over.
func (u RequestConsent) takeOver(ctx context.Context, tx pg.Tx, asked *domain.Record) error {
	if asked.PredecessorID.IsZero() {
		return nil
	}
	before, err := u.consents.ByID(ctx, tx, asked.ClientID, asked.PredecessorID)
	if err != nil {
		return err
	}
	asked.TakeOver(before)
	return nil
}

// mayAsk keeps a client that said no about a person, or took a yes back, from
// being asked for them again until the cool-down is over; and after three noes
// in a month, or by a partner that it blocked, from being asked at all.
func (u RequestConsent) mayAsk(ctx context.Context, tx pg.Tx, asked domain.Record) error {
	past, err := u.consents.TurnedDown(ctx, tx, asked)
	if err != nil {
		return err
	}
	block, err := u.blocks.ByPair(ctx, tx, asked.ClientID, asked.PartnerID)
	if err != nil {
		return err
	}
	if block.Stands() {
		return fault.New(reasonv1.Reason_REASON_CONSENT_REFUSED)
	}
	if asked.Offered {
		return nil // the client's own no keeps nobody from giving
	}
	now := u.Clock.Now()
	noes, err := u.consents.TimesRefused(ctx, tx, asked, now.Add(-domain.NoesWithin))
	if err != nil {
		return err
	}
	retry := domain.PartnerRetryTime(noes, u.Terms.CoolDown)
	for _, r := range past {
		if of := domain.Restore(r).RetryTime(u.Terms.CoolDown); of.After(retry) {
			retry = of
		}
	}
	if retry.After(now) {
		return fault.New(reasonv1.Reason_REASON_CONSENT_REFUSED, fault.RetryAfter(retry.Sub(now)))
	}
	return nil
}

func (u RequestConsent) insert(ctx context.Context, tx pg.Tx, asked domain.Record) error {
	c, step := domain.Ask(asked, u.Clock.Now(), u.Terms.Request)
	if err := u.consents.Insert(ctx, tx, c.Record()); err != nil {
		return err
	}
	if err := u.consents.Append(ctx, tx, c.Record(), step); err != nil {
		return err
	}
	if err := u.remindLater(ctx, tx, c.Record()); err != nil {
		return err
	}
	return u.publish(ctx, tx, fact{record: c.Record(), step: step})
}
