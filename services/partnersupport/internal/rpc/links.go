package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// links ends links between partners and clients, and takes them up again.
type links struct {
	v1.UnimplementedDossierEndServiceServer
	base
}

func (s links) EndDossier(ctx context.Context, req *v1.EndDossierRequest) (*v1.EndDossierResponse, error) {
	key := idempotency.KeyOf(ctx, v1.DossierEndService_EndDossier_FullMethodName, req)
	if err := domain.Confirm(req.GetConfirm()); err != nil {
		return answer[*v1.EndDossierResponse](nil, err)
	}
	dossier, err := linkID(req.GetDossierId())
	if err != nil {
		return nil, err
	}
	person := authn.FromContext(ctx).Person
	return answer(app.EndDossier{Deps: s.Deps}.Do(ctx, app.EndDossierIn{
		Partner: person.OrganizationID, Dossier: dossier, Actor: person.UserID, Side: domain.PartnerSide, Key: key,
	}))
}

func (s links) EndPartner(ctx context.Context, req *v1.EndPartnerRequest) (*v1.EndPartnerResponse, error) {
	in, err := clientIn(ctx, req.GetDossierId(), idempotency.KeyOf(ctx, v1.DossierEndService_EndPartner_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	out, err := answer(app.ClientDossier{Deps: s.Deps}.End(ctx, in))
	return &v1.EndPartnerResponse{Receipt: out.GetReceipt()}, err
}

func (s links) ReopenPartner(ctx context.Context, req *v1.ReopenPartnerRequest) (*v1.ReopenPartnerResponse, error) {
	in, err := clientIn(ctx, req.GetDossierId(), idempotency.KeyOf(ctx, v1.DossierEndService_ReopenPartner_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	return answer(app.ClientDossier{Deps: s.Deps}.Reopen(ctx, in))
}

func (s links) ListPartners(ctx context.Context, req *v1.ListPartnersRequest) (*v1.ListPartnersResponse, error) {
	client := authn.FromContext(ctx).Person.OrganizationID
	rows, next, err := paged(ctx, s.base, list[domain.Dossier]{
		req: req, id: func(d domain.Dossier) id.ID { return d.ID },
		read: func(at turn) ([]domain.Dossier, error) {
			return pg.InTenant(ctx, s.DB, client, func(ctx context.Context, tx pg.Tx) ([]domain.Dossier, error) {
				return postgres.Partners(ctx, tx, postgres.PartnerList{Client: client, Before: at.before, Limit: at.limit})
			})
		},
	})
	return &v1.ListPartnersResponse{Partners: fields.Each(rows, contract.PartnerToProto), NextPageToken: next}, err
}

func clientIn(ctx context.Context, dossier string, key idempotency.Key) (app.ClientIn, error) {
	person := authn.FromContext(ctx).Person
	link, err := linkID(dossier)
	return app.ClientIn{Client: person.OrganizationID, Dossier: link, Actor: person.UserID, Key: key}, err
}

func linkID(text string) (id.ID, error) {
	var read fields.Reader
	dossier := read.ID(contract.Dossier, "dossier_id", text)
	return dossier, read.Err()
}
