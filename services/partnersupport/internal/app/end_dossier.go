package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// EndDossier ends everything between one partner and one client, by either
// side.
type EndDossier struct{ Deps }

// EndDossierIn says which link, and who of which side ends it.
type EndDossierIn struct {
	Partner, Dossier, Actor id.ID
	Side                    domain.Side
	Key                     idempotency.Key
}

// Do begins the end in our own rows, has the siblings end the rest, and answers
// when all of it is over. Repeating it goes on where it stopped.
func (u EndDossier) Do(ctx context.Context, in EndDossierIn) (*v1.EndDossierResponse, error) {
	resp, done, err := answered[*v1.EndDossierResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	e, err := pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (domain.DossierEnding, error) {
		return u.begin(ctx, tx, in)
	})
	if err != nil {
		return nil, err
	}
	if e, err = u.Drive(ctx, e); err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.EndDossierResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.EndDossierResponse, error) {
			return &v1.EndDossierResponse{Receipt: contract.ReceiptToProto(e.Receipt, *e.CompleteTime)}, nil
		})
	})
}

// begin ends our own rows and writes the end that drives the rest; ResumeEnds
// takes over if this process does not finish. Assignments are locked
// before the dossier, as by whoever removes a collaborator; those made in
// between are found under its lock, and no more are made after.
func (u EndDossier) begin(ctx context.Context, tx pg.Tx, in EndDossierIn) (e domain.DossierEnding, err error) {
	now := u.Clock.Now()
	e = domain.DossierEnding{
		PartnerID: in.Partner, ID: u.NewID(), DossierID: in.Dossier, Side: in.Side, ActorID: in.Actor, CreateTime: now,
	}
	happening := domain.Happening{Event: domain.LinkEnded, Actor: in.Actor, Side: in.Side, Time: now}
	before, err := endLiveOf(ctx, tx, in, happening)
	if err != nil {
		return e, err
	}
	d, err := postgres.LockDossier(ctx, tx, in.Partner, in.Dossier)
	if err != nil {
		return e, err
	}
	if d.State == domain.DossierEnded {
		return u.begun(ctx, tx, in)
	}
	meanwhile, err := endLiveOf(ctx, tx, in, happening)
	if err != nil {
		return e, err
	}
	if err := d.End(); err != nil {
		return e, err
	}
	if err := postgres.SaveDossier(ctx, tx, d); err != nil {
		return e, err
	}
	e.ClientID, e.Receipt = d.ClientID, before.Plus(meanwhile)
	e.Grants = e.Assignments - e.Requests // each stands on a yes
	if err := postgres.AddEnding(ctx, tx, e); err != nil {
		return e, err
	}
	return e, outbox.Append(ctx, tx, contract.DossierEnded(d, e))
}

// begun gives the end that somebody began before.
func (u EndDossier) begun(ctx context.Context, tx pg.Tx, in EndDossierIn) (domain.DossierEnding, error) {
	known, err := postgres.LatestEnding(ctx, tx, in.Partner, in.Dossier)
	if err != nil {
		return domain.DossierEnding{}, err
	}
	if known == nil {
		return domain.DossierEnding{}, domain.DossierNotActive
	}
	return *known, nil
}

// endLiveOf ends what lives on a dossier, with its visits.
func endLiveOf(ctx context.Context, tx pg.Tx, in EndDossierIn, h domain.Happening) (total domain.Receipt, err error) {
	live, err := postgres.LockLiveOfDossier(ctx, tx, in.Partner, in.Dossier)
	if err != nil {
		return total, err
	}
	for _, a := range live {
		e, _, err := lockEnding(ctx, tx, in.Partner, a.ID)
		if err != nil {
			return total, err
		}
		ended, err := e.end(ctx, tx, h)
		if err != nil {
			return total, err
		}
		total = total.Plus(ended)
	}
	return total, nil
}

// Drive has the siblings end what stands on the link. Both steps are harmless
// to repeat, side by side too.
func (u EndDossier) Drive(ctx context.Context, e domain.DossierEnding) (domain.DossierEnding, error) {
	if e.CompleteTime != nil {
		return e, nil
	}
	open, err := pg.InTenant(ctx, u.DB, e.PartnerID, func(ctx context.Context, tx pg.Tx) ([]id.ID, error) {
		return postgres.SessionsOfDossier(ctx, tx, e)
	})
	if err != nil {
		return e, err
	}
	if err := u.Membership.CloseSessions(ctx, open); err != nil {
		return e, err
	}
	theirs, err := u.Consent.TerminateForDossier(ctx, e)
	if err != nil {
		return e, err
	}
	e.Complete(theirs, u.Clock.Now())
	return e, u.DB.InTenant(ctx, e.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		return postgres.SaveEnding(ctx, tx, e)
	})
}

// Resume goes on with an end that nobody finished. One that is over leaves a
// link alone that was taken up again.
func (u EndDossier) Resume(ctx context.Context, partner, dossier id.ID) error {
	e, err := pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) (*domain.DossierEnding, error) {
		return postgres.LatestEnding(ctx, tx, partner, dossier)
	})
	if err != nil || e == nil {
		return err
	}
	_, err = u.Drive(ctx, *e)
	return err
}
