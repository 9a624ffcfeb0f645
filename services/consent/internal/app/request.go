package app

import (
	"context"
	"time"

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
	// MailTime is when the first mail about it leaves; zero: at once.
	MailTime time.Time
}

// Do takes the parties, names, role, reason and proposal of the record; the
// rest is filled here. The mail of an urgent request waits for no others.
func (u RequestConsent) Do(ctx context.Context, asked domain.Record, urgent bool) (Requested, error) {
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
	if asked.TeamConsentID, err = u.followsTeam(ctx, asked); err != nil {
		return Requested{}, err
	}
	out := Requested{Approvers: len(approvers)}
	var waits []id.ID
	if !urgent {
		waits = u.whoWaits(asked, approvers)
	}
	if out.ConsentID, err = u.Record(ctx, asked, waits...); err != nil {
		return Requested{}, err
	}
	if err := u.applyTeam(ctx, asked, out.ConsentID); err != nil {
		return Requested{}, err
	}
	out.MailTime, err = u.mailTime(ctx, asked.ClientID, out.ConsentID)
	return out, err
}

// Record is the transaction: the request, the first step of its timeline and
// the event whose mail follows, or the request of before. For the approvers
// given the mail waits for others.
func (u RequestConsent) Record(ctx context.Context, asked domain.Record, waits ...id.ID) (id.ID, error) {
	consent, err := u.tryRecord(ctx, asked, waits)
	if pg.IsUnique(err, "consent_assignment_unique") {
		// Somebody asked the same at the same time: theirs is there now.
		return u.tryRecord(ctx, asked, waits)
	}
	return consent, err
}

func (u RequestConsent) tryRecord(ctx context.Context, asked domain.Record, waits []id.ID) (id.ID, error) {
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
		if err := u.precede(ctx, tx, &asked); err != nil {
			return err
		}
		asked.ID = id.New()
		consent = asked.ID
		return u.insert(ctx, tx, asked, waits)
	})
	return consent, err
}

// precede notes what the request follows: an access handed over, or one that is
// to be longer or wider.
func (u RequestConsent) precede(ctx context.Context, tx pg.Tx, asked *domain.Record) error {
	if asked.PredecessorID.IsZero() {
		return nil
	}
	before, err := u.consents.ByID(ctx, tx, asked.ClientID, asked.PredecessorID)
	if err != nil {
		return err
	}
	asked.Follow(before, u.Clock.Now())
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

func (u RequestConsent) insert(ctx context.Context, tx pg.Tx, asked domain.Record, waits []id.ID) error {
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
	if err := u.depart(ctx, tx, c.Record(), waits); err != nil {
		return err
	}
	if err := u.publish(ctx, tx, fact{record: c.Record(), step: step, grouped: len(waits) > 0}); err != nil {
		return err
	}
	return u.follow(ctx, tx, c.Record())
}
