package app

import (
	"context"
	"errors"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// RequestDossier asks a client to be linked (R76). It gives no access, and
// nobody can be assigned before the client accepts.
type RequestDossier struct{ Deps }

// RequestDossierIn names the client by id or by code.
type RequestDossierIn struct {
	Partner, Actor id.ID
	Client         string
	Key            idempotency.Key
}

// Do stores the wish. Who is no client is as unknown as who does not exist.
func (u RequestDossier) Do(ctx context.Context, in RequestDossierIn) (*v1.RequestDossierResponse, error) {
	resp, done, err := answered[*v1.RequestDossierResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	d, err := u.ask(ctx, in)
	if err != nil {
		return nil, err
	}
	return begin(ctx, u.DB, d, beginning[*v1.RequestDossierResponse]{
		key: in.Key, fact: contract.DossierRequested,
		answer: func(d *v1.Dossier) *v1.RequestDossierResponse { return &v1.RequestDossierResponse{Dossier: d} },
	})
}

func (u RequestDossier) ask(ctx context.Context, in RequestDossierIn) (domain.Dossier, error) {
	named, err := u.named(ctx, in.Client)
	if err != nil {
		return domain.Dossier{}, err
	}
	partner, err := u.Membership.Organization(ctx, in.Partner)
	if err != nil {
		return domain.Dossier{}, err
	}
	client, err := u.Membership.Organization(ctx, named)
	if fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND) {
		return domain.Dossier{}, domain.ClientUnknown
	}
	if err != nil {
		return domain.Dossier{}, err
	}
	d, err := domain.Ask(u.NewID(), organizationFrom(in.Partner, partner), organizationFrom(named, client),
		domain.Asking{Requester: in.Actor, Time: u.Clock.Now()})
	if errors.Is(err, domain.KindWrong) {
		return d, domain.ClientUnknown
	}
	return d, err
}

// named finds the client behind what was typed.
func (u RequestDossier) named(ctx context.Context, typed string) (id.ID, error) {
	if client, err := id.Parse(contract.Organization, typed); err == nil {
		return client, nil
	}
	code := domain.ReadCode(typed)
	if code == "" {
		return id.ID{}, domain.ClientUnknown
	}
	found, err := pg.InSystem(ctx, u.DB, "a code names a client before its tenant is known",
		func(ctx context.Context, tx pg.Tx) (domain.ClientCode, error) {
			return postgres.ClientOfCode(ctx, tx, code)
		})
	if errors.Is(err, domain.NotFound) {
		return id.ID{}, domain.ClientUnknown
	}
	return found.ClientID, err
}
