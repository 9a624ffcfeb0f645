package app

import (
	"context"
	"errors"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// OfferAccess prepares an access that the client gives unasked, for somebody of
// a linked partner. It gives none by itself (R27): consent is answered after.
type OfferAccess struct{ Deps }

// OfferIn says whom, by the person or by an assignment that they once had.
type OfferIn struct {
	ClientIn
	Collaborator, Assignment id.ID
	Reason                   string
}

// errNotAsked says that consent knows nothing of an assignment that was made.
var errNotAsked = errors.New("the offer has no consent")

// Do makes the assignment in the partner's rows and has consent prepare the
// question. What waits already is what there is to answer.
func (u OfferAccess) Do(ctx context.Context, in OfferIn) (*v1.OfferAccessResponse, error) {
	if domain.Deceives(in.Reason) {
		return nil, fault.Invalid("reason", "text.control")
	}
	resp, done, err := answered[*v1.OfferAccessResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	d, err := ClientDossier(u).find(ctx, in.ClientIn)
	if err != nil {
		return nil, err
	}
	offered, err := pg.InTenant(ctx, u.DB, d.PartnerID, func(ctx context.Context, tx pg.Tx) (id.ID, error) {
		return u.prepare(ctx, tx, d, in)
	})
	if err != nil {
		return nil, err
	}
	if err := RequestConsent(u).Do(ctx, d.PartnerID, offered); err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, d.PartnerID, func(ctx context.Context, tx pg.Tx) (*v1.OfferAccessResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.OfferAccessResponse, error) {
			a, err := postgres.LockAssignment(ctx, tx, d.PartnerID, offered)
			switch {
			case err != nil:
			case a.ConsentID.IsZero() && !a.Live(): // it ended before the client was asked
				err = domain.TransitionRefused
			case a.ConsentID.IsZero():
				err = errNotAsked
			}
			return &v1.OfferAccessResponse{ConsentId: a.ConsentID.Text(contract.Consent)}, err
		})
	})
}

// prepare gives the assignment to answer: the one that waits, or a new one,
// which extends the one that runs.
func (u OfferAccess) prepare(ctx context.Context, tx pg.Tx, d domain.Dossier, in OfferIn) (id.ID, error) {
	c, err := u.helper(ctx, tx, d, in)
	if err != nil {
		return id.ID{}, err
	}
	if err := c.Assignable(); err != nil {
		return id.ID{}, err
	}
	waiting, err := postgres.WaitingAssignment(ctx, tx, c, d.ID)
	if err != nil {
		return id.ID{}, err
	}
	if waiting != nil {
		return waiting.ID, nil
	}
	running, err := lockRunning(ctx, tx, c, d.ID)
	if err != nil {
		return id.ID{}, err
	}
	dossiers, err := postgres.DossiersByID(ctx, tx, d.PartnerID, []id.ID{d.ID})
	if err != nil {
		return id.ID{}, err
	}
	if refusal := domain.Admit(dossiers, nil, d.ID); refusal != "" {
		return id.ID{}, refusal
	}
	offer := domain.Offer(d, c, domain.Passing{AssignmentID: u.NewID(), RequesterID: in.Actor, Reason: in.Reason, Duration: u.Proposal, Time: u.Clock.Now()})
	if running.Live() { // for longer, or wider
		offer.PredecessorID = running.ID
	}
	return offer.ID, store(ctx, tx, u.Queue, newAssignments{rows: []domain.Assignment{offer}, dossiers: dossiers, user: c.UserID})
}

// lockRunning holds what the person has there; ended: nothing. It comes before the
// dossier is held, as with whoever ends the link.
func lockRunning(ctx context.Context, tx pg.Tx, c domain.Collaborator, dossier id.ID) (domain.Assignment, error) {
	latest, err := postgres.LatestAssignment(ctx, tx, c, dossier)
	if err != nil || latest == nil || !latest.Live() {
		return domain.Assignment{State: domain.Ended}, err
	}
	return postgres.LockAssignment(ctx, tx, c.PartnerID, latest.ID)
}

// helper holds the person named, or whose assignment it was.
func (u OfferAccess) helper(ctx context.Context, tx pg.Tx, d domain.Dossier, in OfferIn) (c domain.Collaborator, err error) {
	if in.Collaborator.IsZero() {
		if in.Collaborator, err = postgres.HolderOf(ctx, tx, domain.Assignment{PartnerID: d.PartnerID, DossierID: d.ID, ID: in.Assignment}); err != nil {
			return c, err
		}
	}
	return postgres.LockCollaborator(ctx, tx, d.PartnerID, in.Collaborator)
}
