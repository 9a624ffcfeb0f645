package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// decideTries bounds how often a yes is tried again that met another one for
// the same person at the same instant.
const decideTries = 3

// Approve records a yes, by link or signed in, and makes it work.
type Approve struct{ Deps }

// Answer is the yes as it came.
type Answer struct {
	Respond
	Duration domain.Duration
	Start    time.Time // zero: at once
	Rights   []domain.Right
	// Team lets the whole team of the partner in.
	Team                 bool
	TextHash, TextLocale string
}

// Do checks who answers, decides, and waits until the decision knows. When it
// returns, the access works and what it replaces does not, or a job keeps making
// it so.
func (u Approve) Do(ctx context.Context, a Answer) (domain.Record, error) {
	by, asker, err := u.people(ctx, &a.Respond)
	if err != nil {
		return domain.Record{}, err
	}
	decided, err := u.Decide(ctx, a, Parties{By: by, For: asker})
	if err != nil {
		return domain.Record{}, err
	}
	if _, err := Settle(u).Do(ctx, unsettled(decided.Grants)); err != nil {
		u.Log.WarnContext(ctx, "grant_not_applied_yet", "consent", a.ConsentID.Text("cns"), "error", err)
	}
	return decided.Record, nil
}

// Parties are the people of a decision, as siblings know them at the click.
type Parties struct {
	By  domain.Respondent
	For domain.Asker
}

// Decided is what is recorded after a decision, whoever made it.
type Decided struct {
	Record domain.Record
	Grants []domain.Grant
}

// Decide is the transaction. The first decision wins; whoever comes later is
// given what was recorded.
func (u Approve) Decide(ctx context.Context, a Answer, p Parties) (Decided, error) {
	var out Decided
	var err error
	for range decideTries {
		err = u.DB.InTenant(ctx, a.ClientID, func(ctx context.Context, tx pg.Tx) error {
			out, err = u.decide(ctx, tx, a, p)
			return err
		})
		if !pg.IsUnique(err, "access_grant_one_active") {
			break
		}
	}
	return out, err
}

func (u Approve) decide(ctx context.Context, tx pg.Tx, a Answer, p Parties) (Decided, error) {
	var replaced []domain.Grant
	_, err := idempotency.Do(ctx, tx, a.Key, func() (_ *emptypb.Empty, err error) {
		replaced, err = u.give(ctx, tx, a, p)
		return &emptypb.Empty{}, err
	})
	if err != nil {
		return Decided{}, err
	}
	r, err := u.consents.ByID(ctx, tx, a.ClientID, a.ConsentID)
	if err != nil {
		return Decided{}, err
	}
	grants, err := u.grantOf(ctx, tx, a.ClientID, a.ConsentID)
	return Decided{Record: r, Grants: append(grants, replaced...)}, err
}

// give records the yes; it answers the grants that the new one takes the place
// of.
func (u Approve) give(ctx context.Context, tx pg.Tx, a Answer, p Parties) ([]domain.Grant, error) {
	r, others, err := u.lock(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	now := u.Clock.Now()
	if open, err := u.answerable(ctx, tx, a, r); err != nil || !open {
		return nil, err
	}
	policy, err := u.policyOf(ctx, tx, a.ClientID)
	if err != nil {
		return nil, err
	}
	c, text := domain.Restore(r), wording.Canonical(r, a.TextLocale)
	evidence := a.evidence()
	evidence.TextHash, evidence.TextVersion, evidence.TextLocale = a.TextHash, text.Version, text.Locale
	grant, step, err := c.Give(domain.Yes{
		GrantID: id.New(), By: p.By, For: p.For, Duration: a.Duration, Rights: a.Rights,
		Policy: policy, Start: a.Start, Team: a.Team, Overturn: a.Overturn, Evidence: evidence, CurrentHash: text.Hash(), Now: now,
	})
	if err != nil {
		return nil, err
	}
	if !a.Start.IsZero() && inForce(others, now) {
		return nil, domain.StartTooLate
	}
	return u.accept(ctx, tx, accepted{consent: c, grant: grant, step: step, others: others})
}

// accepted is a yes with the grant that it makes and those whose place it takes.
type accepted struct {
	consent *domain.Consent
	grant   domain.Grant
	step    domain.Step
	others  []domain.Record
}

// accept stores a yes; it answers the grants that the new one takes the place
// of.
func (u Approve) accept(ctx context.Context, tx pg.Tx, a accepted) ([]domain.Grant, error) {
	replaced, err := u.replace(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	if err := u.grants.Insert(ctx, tx, a.grant); err != nil {
		return nil, err
	}
	if err := u.noticeLater(ctx, tx, a.consent.Record()); err != nil {
		return nil, err
	}
	if err := u.settleLater(ctx, tx, a.grant, a.step.Time); err != nil {
		return nil, err
	}
	return replaced, u.save(ctx, tx, a.consent, a.step)
}

// answerable tells whether a yes has anything to answer: what was answered is
// given back, but for a no that the reader saw and overturns. A no is what was
// said of the newest request, or nothing.
func (u Approve) answerable(ctx context.Context, tx pg.Tx, a Answer, r domain.Record) (bool, error) {
	if !a.Overturn || r.State != domain.Refused {
		return !r.StateAt(u.Clock.Now()).Answered(), nil
	}
	can, err := u.canOverturn(ctx, tx, r)
	if err == nil && !can {
		err = domain.NotPending
	}
	return true, err
}

// canOverturn: a no stays one once the client was asked for the same person
// again, or wants to hear no more of the partner.
func (d Deps) canOverturn(ctx context.Context, tx pg.Tx, r domain.Record) (bool, error) {
	newer, err := d.consents.AskedSince(ctx, tx, r)
	if err != nil || newer {
		return false, err
	}
	block, err := d.blocks.ByPair(ctx, tx, r.ClientID, r.PartnerID)
	return !block.Stands(), err
}

// lock holds the consent, and apart from it what its yes takes the place of.
func (u Approve) lock(ctx context.Context, tx pg.Tx, a Answer) (domain.Record, []domain.Record, error) {
	r, err := u.consents.ByID(ctx, tx, a.ClientID, a.ConsentID)
	if err != nil {
		return domain.Record{}, nil, err
	}
	held, err := u.consents.LockReplaced(ctx, tx, r)
	if err != nil {
		return domain.Record{}, nil, err
	}
	var others []domain.Record
	for _, one := range held {
		if one.ID == a.ConsentID {
			r = one
			continue
		}
		others = append(others, one)
	}
	return r, others, nil
}

func inForce(held []domain.Record, now time.Time) bool {
	return slices.ContainsFunc(held, func(r domain.Record) bool { return r.StateAt(now) == domain.Given })
}

// replace ends what the same person holds for the same client, partner and
// role, for a wider or longer yes is a new consent in the place of the old one;
// and what the person holds who hands over to them (R36).
func (u Approve) replace(ctx context.Context, tx pg.Tx, a accepted) ([]domain.Grant, error) {
	var replaced []domain.Grant
	given, user := a.step, a.consent.Record().UserID
	for _, other := range a.others {
		c := domain.Restore(other)
		step, lapsed := c.Lapse(given.Time)
		if !lapsed {
			var err error
			if step, err = c.End(domain.Supersede, given.Actor, given.Time); err != nil {
				return nil, fmt.Errorf("superseding consent %s: %w", other.ID, err)
			}
		}
		renewed := !lapsed && other.UserID == user
		if err := u.finish(ctx, tx, ending{consent: c, step: step, now: given.Time, renewed: renewed}); err != nil {
			return nil, err
		}
		ended, err := u.grantOf(ctx, tx, other.ClientID, other.ID)
		if err != nil {
			return nil, err
		}
		replaced = append(replaced, ended...)
	}
	return replaced, nil
}

func unsettled(grants []domain.Grant) []domain.Grant {
	var out []domain.Grant
	for _, g := range grants {
		if !g.IsSettled() {
			out = append(out, g)
		}
	}
	return out
}
