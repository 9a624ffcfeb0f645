package app

import (
	"context"
	"errors"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// undoTimeout bounds the closing of a visit that could not begin.
const undoTimeout = 5 * time.Second

// open makes the visit known to the decision, which alone knows whether the
// grant is in force, then stores it, then has its code minted.
func (u EnterDossier) open(ctx context.Context, a *attempt) (EnterOut, error) {
	agreed := *a.latest
	agreed.State = domain.Active // as the caller found; the lock below has the last word
	s, err := domain.Begin(agreed, a.collaborator, domain.Visit{
		SessionID: u.NewID(), ClientID: a.dossier.ClientID, ProductID: a.product.ID,
		Reason: a.in.Reason, Limits: u.Limits[a.collaborator.PartnerRole],
	}, u.Clock.Now())
	if err != nil {
		return EnterOut{}, err
	}
	grant, err := u.Membership.OpenSession(ctx, s)
	if err != nil {
		return EnterOut{}, u.explain(ctx, a, err)
	}
	s.StandOn(grant)
	url, err := u.begin(ctx, a, s)
	if err != nil {
		return EnterOut{}, errors.Join(err, u.undo(ctx, s))
	}
	return EnterOut{Session: s, RedirectURL: url}, nil
}

func (u EnterDossier) begin(ctx context.Context, a *attempt, s domain.SupportSession) (string, error) {
	err := u.DB.InTenant(ctx, s.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		now, err := postgres.LockAssignment(ctx, tx, s.PartnerID, s.AssignmentID)
		if err != nil {
			return err
		}
		if now.State != domain.Active {
			return domain.NotAssigned // it ended while the visit was being opened
		}
		c, err := postgres.Collaborator(ctx, tx, s.PartnerID, now.CollaboratorID)
		if err != nil {
			return err
		}
		if err := c.Assignable(); err != nil {
			return err // nor does who was suspended meanwhile come in
		}
		if err := postgres.AddSession(ctx, tx, s); err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, contract.SessionStarted(s)); err != nil {
			return err
		}
		return warnUntagged(ctx, tx, a.collaborator, s)
	})
	if err != nil {
		return "", err
	}
	code, err := u.Identity.MintCode(ctx, s, a.product)
	if err != nil {
		return "", err
	}
	return a.product.Redirect(code)
}

// undo closes a visit that could not begin, even when the caller is gone. What
// it cannot close ends by its own limits.
func (u EnterDossier) undo(ctx context.Context, s domain.SupportSession) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	_, err := closeVisit(ctx, u.Deps, s.ID, domain.VisitEnd{})
	if errors.Is(err, domain.NotFound) {
		return nil // never stored
	}
	return err
}

// explain turns the decision's refusal to open a visit into what the
// collaborator can do about it: only consent knows why no grant is in force.
func (u EnterDossier) explain(ctx context.Context, a *attempt, cause error) error {
	if !sibling.Refused(cause) || a.latest.ConsentID.IsZero() {
		return cause
	}
	entry, err := u.consult(ctx, a)
	if err != nil {
		return err
	}
	if entry == domain.EntryOpen && a.start != nil {
		return notYet(*a.start)
	}
	if entry == domain.EntryOpen {
		// The yes is recorded and its grant is still on its way.
		return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(cause), fault.RetryAfter(time.Second))
	}
	return u.turnAway(ctx, a, entry)
}
