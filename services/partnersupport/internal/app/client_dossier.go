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

// ClientDossier is a link in the client's hands. The client reads its own
// links; what it does to one happens in the partner's rows.
type ClientDossier struct{ Deps }

// ClientIn says which link, and who of the client acts.
type ClientIn struct {
	Client, Dossier, Actor id.ID
	Key                    idempotency.Key
}

// End is the client's EndDossier.
func (u ClientDossier) End(ctx context.Context, in ClientIn) (*v1.EndDossierResponse, error) {
	d, err := u.find(ctx, in)
	if err != nil {
		return nil, err
	}
	return EndDossier(u).Do(ctx, EndDossierIn{
		Partner: d.PartnerID, Dossier: d.ID, Actor: in.Actor, Side: domain.ClientSide, Key: in.Key,
	})
}

// Reopen takes an ended link up again, once its end has passed through the
// services.
func (u ClientDossier) Reopen(ctx context.Context, in ClientIn) (*v1.ReopenPartnerResponse, error) {
	found, err := u.find(ctx, in)
	if err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, found.PartnerID, func(ctx context.Context, tx pg.Tx) (*v1.ReopenPartnerResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.ReopenPartnerResponse, error) {
			d, err := reopen(ctx, tx, found)
			if err != nil {
				return nil, err
			}
			return &v1.ReopenPartnerResponse{Partner: contract.PartnerToProto(d)},
				outbox.Append(ctx, tx, contract.DossierReopened(d, in.Actor))
		})
	})
}

func reopen(ctx context.Context, tx pg.Tx, found domain.Dossier) (domain.Dossier, error) {
	d, err := postgres.LockDossier(ctx, tx, found.PartnerID, found.ID)
	if err != nil {
		return d, err
	}
	ending, err := postgres.LatestEnding(ctx, tx, d.PartnerID, d.ID)
	if err != nil {
		return d, err
	}
	if ending != nil && ending.CompleteTime == nil {
		return d, domain.InFlight
	}
	if err := d.Reopen(); err != nil {
		return d, err
	}
	return d, postgres.SaveDossier(ctx, tx, d)
}

// Helpers finds people of the linked partner by name.
func (u ClientDossier) Helpers(ctx context.Context, in ClientIn, l postgres.HelperList) ([]domain.Collaborator, error) {
	d, err := u.find(ctx, in)
	if err != nil {
		return nil, err
	}
	if d.State != domain.DossierActive {
		return nil, domain.DossierNotActive
	}
	l.Partner = d.PartnerID
	return pg.InTenant(ctx, u.DB, d.PartnerID, func(ctx context.Context, tx pg.Tx) ([]domain.Collaborator, error) {
		return postgres.Helpers(ctx, tx, l)
	})
}

func (u ClientDossier) find(ctx context.Context, in ClientIn) (domain.Dossier, error) {
	return pg.InTenant(ctx, u.DB, in.Client, func(ctx context.Context, tx pg.Tx) (domain.Dossier, error) {
		return postgres.ClientDossier(ctx, tx, in.Client, in.Dossier)
	})
}
