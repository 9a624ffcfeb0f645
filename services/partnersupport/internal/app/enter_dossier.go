package app

import (
	"context"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// EnterDossier lets a collaborator into a client's account (R29), or has the
// client asked (R28).
type EnterDossier struct{ Deps }

// EntryFactor says whether entering needs a second factor.
type EntryFactor string

// The policies.
const (
	FactorRequired EntryFactor = "required"
	NoFactor       EntryFactor = "none"
)

// Known tells whether there is such a policy.
func (f EntryFactor) Known() bool { return f == FactorRequired || f == NoFactor }

// EnterIn says who wants to enter where, and why.
type EnterIn struct {
	Partner, User, Dossier id.ID
	// MultiFactor says that they proved a second factor when they signed in.
	MultiFactor bool
	Product     id.ID // zero: the first by name
	Reason      string
}

// EnterOut is the visit and where the browser goes. RedirectURL is secret.
type EnterOut struct {
	Session     domain.SupportSession
	RedirectURL string
}

// attempt is what is known when a collaborator wants to enter.
type attempt struct {
	in           EnterIn
	collaborator domain.Collaborator
	dossier      domain.Dossier
	product      domain.Product
	latest       *domain.Assignment
	// asked is what consent is consulted about: latest, or the one before it
	// when latest ended before the client was asked.
	asked *domain.Assignment
	// reminded and retry come from consent, where it was asked.
	reminded bool
	retry    *time.Time
	start    *time.Time // of an access given for later
	nobody   bool       // who could answer the request
}

// Do opens the visit where the client agreed; everywhere else it answers what
// is missing, after having the client asked or reminded.
func (u EnterDossier) Do(ctx context.Context, in EnterIn) (EnterOut, error) {
	if u.Entry == FactorRequired && !in.MultiFactor {
		return EnterOut{}, fault.New(reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED)
	}
	a, err := u.read(ctx, in)
	if err != nil {
		return EnterOut{}, err
	}
	entry := domain.EntryBy(a.latest)
	if entry == domain.EntryConsult {
		if entry, err = u.consult(ctx, a); err != nil {
			return EnterOut{}, err
		}
	}
	if entry == domain.EntryOpen {
		return u.open(ctx, a)
	}
	return EnterOut{}, u.turnAway(ctx, a, entry)
}

func (u EnterDossier) read(ctx context.Context, in EnterIn) (*attempt, error) {
	a := &attempt{in: in}
	err := u.DB.InTenant(ctx, in.Partner, func(ctx context.Context, tx pg.Tx) (err error) {
		if a.dossier, err = postgres.Dossier(ctx, tx, in.Partner, in.Dossier); err != nil {
			return err
		}
		if err := a.readPerson(ctx, tx); err != nil {
			return err
		}
		return a.readProduct(ctx, tx)
	})
	return a, err
}

// readPerson finds the collaborator behind the token; an administrator who is
// none has nothing to enter with.
func (a *attempt) readPerson(ctx context.Context, tx pg.Tx) error {
	c, err := postgres.CollaboratorOf(ctx, tx, a.in.Partner, a.in.User)
	if err != nil {
		return err
	}
	if c == nil {
		return domain.NotAssigned
	}
	if c.PartnerRole.AsksReason() && a.in.Reason == "" {
		return fault.Invalid("reason", "required")
	}
	if domain.Deceives(a.in.Reason) {
		return fault.Invalid("reason", "text.control")
	}
	a.collaborator = *c
	a.latest, err = postgres.LatestAssignment(ctx, tx, *c, a.in.Dossier)
	if err == nil && a.latest != nil && a.dossier.State != domain.DossierActive {
		return domain.DossierNotActive
	}
	a.asked = a.latest
	if err == nil && a.latest != nil && !a.latest.Live() && a.latest.ConsentID.IsZero() {
		a.asked, err = postgres.LatestAsked(ctx, tx, *c, a.in.Dossier)
	}
	return err
}

func (a *attempt) readProduct(ctx context.Context, tx pg.Tx) (err error) {
	if !a.in.Product.IsZero() {
		a.product, err = postgres.Product(ctx, tx, a.in.Product)
		return err
	}
	first, err := postgres.FirstProduct(ctx, tx)
	if err != nil {
		return err
	}
	if first == nil {
		return domain.NoProduct
	}
	a.product = *first
	return nil
}

// consult asks consent how things stand, which reminds the client where they
// have not answered, and brings our row up to date: the yes may be older than
// the news of it.
func (u EnterDossier) consult(ctx context.Context, a *attempt) (domain.Entry, error) {
	if a.asked == nil {
		return domain.EntryRenew, nil
	}
	if a.asked.ConsentID.IsZero() {
		return domain.EntryWait, RequestConsent(u).Do(ctx, a.in.Partner, a.asked.ID)
	}
	answer, err := u.Consent.Remind(ctx, *a.asked)
	if err != nil {
		return "", err
	}
	now := u.Clock.Now()
	err = FollowConsent(u).Do(ctx, Answer{
		PartnerID: a.in.Partner, Assignment: a.asked.ID, ConsentID: a.asked.ConsentID,
		State: answer.State, ExpireTime: a.asked.ExpireTime, Time: now,
	})
	if err != nil {
		return "", err
	}
	if answer.State == domain.ConsentGiven && !a.asked.Live() { // a no became a yes
		if err := u.reread(ctx, a); err != nil {
			return "", err
		}
	}
	a.reminded, a.retry, a.start, a.nobody = answer.Reminded, answer.RetryTime, answer.StartTime, answer.NobodyToAsk
	if answer.Paused {
		return domain.EntryWait, nil
	}
	cooled := answer.RetryTime == nil || !now.Before(*answer.RetryTime)
	return domain.EntryByConsent(*a.asked, answer.State, cooled), nil
}

func (u EnterDossier) reread(ctx context.Context, a *attempt) error {
	return u.DB.InTenant(ctx, a.in.Partner, func(ctx context.Context, tx pg.Tx) (err error) {
		a.latest, err = postgres.LatestAssignment(ctx, tx, a.collaborator, a.in.Dossier)
		a.asked = a.latest
		return err
	})
}

// turnAway answers why the visit does not begin.
func (u EnterDossier) turnAway(ctx context.Context, a *attempt, entry domain.Entry) error {
	switch entry {
	case domain.EntryWait:
		if a.nobody {
			return fault.New(reasonv1.Reason_REASON_NOBODY_TO_ASK)
		}
		return pending(a.reminded)
	case domain.EntryRenew:
		if err := u.renew(ctx, a); err != nil {
			return err
		}
		return pending(true)
	case domain.EntryRefuse:
		return u.refused(a)
	case domain.EntryNobody, domain.EntryOpen, domain.EntryConsult:
	}
	return domain.NotAssigned
}

// pending: reminded tells whether a mail leaves now (R28).
func pending(reminded bool) error {
	text := "false"
	if reminded {
		text = "true"
	}
	return fault.New(reasonv1.Reason_REASON_CONSENT_PENDING, fault.Meta("reminded", text))
}

// notYet says when the access begins.
func notYet(start time.Time) error {
	return fault.New(reasonv1.Reason_REASON_ACCESS_NOT_STARTED, fault.Meta("start_time", start.UTC().Format(time.RFC3339)))
}

func (u EnterDossier) refused(a *attempt) error {
	var opts []fault.Option
	if a.retry != nil {
		opts = append(opts, fault.Meta("retry_time", a.retry.UTC().Format(time.RFC3339)),
			fault.RetryAfter(a.retry.Sub(u.Clock.Now())))
	}
	return fault.New(reasonv1.Reason_REASON_CONSENT_REFUSED, opts...)
}

// renew asks the client anew, with a new assignment in the name of the
// administrator who made the last one.
func (u EnterDossier) renew(ctx context.Context, a *attempt) error {
	return u.DB.InTenant(ctx, a.in.Partner, func(ctx context.Context, tx pg.Tx) error {
		c, err := postgres.LockCollaborator(ctx, tx, a.in.Partner, a.collaborator.ID)
		if err != nil {
			return err
		}
		if err := c.Assignable(); err != nil {
			return err
		}
		assigned, err := postgres.AssignedDossiers(ctx, tx, c, []id.ID{a.in.Dossier})
		if err != nil || assigned[a.in.Dossier] {
			return err // somebody else was faster
		}
		dossiers, err := postgres.DossiersByID(ctx, tx, a.in.Partner, []id.ID{a.in.Dossier})
		if err != nil {
			return err
		}
		if refusal := domain.Admit(dossiers, assigned, a.in.Dossier); refusal != "" {
			return refusal // the link ended meanwhile
		}
		return store(ctx, tx, u.Queue, newAssignments{
			rows:     []domain.Assignment{a.latest.Again(u.NewID(), a.in.Reason, u.Clock.Now())},
			dossiers: dossiers,
			user:     c.UserID,
		})
	})
}
