package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// requests has links begin by the partner's wish and the client's word.
type requests struct {
	v1.UnimplementedDossierRequestServiceServer
	base
}

func (s requests) RequestDossier(ctx context.Context, req *v1.RequestDossierRequest) (*v1.RequestDossierResponse, error) {
	person := authn.FromContext(ctx).Person
	return answer(app.RequestDossier{Deps: s.Deps}.Do(ctx, app.RequestDossierIn{
		Partner: person.OrganizationID, Actor: person.UserID, Client: req.GetClient(),
		Key: idempotency.KeyOf(ctx, v1.DossierRequestService_RequestDossier_FullMethodName, req),
	}))
}

func (s requests) CreateClient(ctx context.Context, req *v1.CreateClientRequest) (*v1.CreateClientResponse, error) {
	person := authn.FromContext(ctx).Person
	return answer(app.CreateClient{Deps: s.Deps}.Do(ctx, app.CreateClientIn{
		Partner: person.OrganizationID, Actor: person.UserID,
		Client: &membershipv1.CreateOrganizationRequest{
			Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
			Identification: req.GetIdentification(), Locale: req.GetLocale(), OwnerEmail: req.GetOwnerEmail(),
			OwnerGivenName: req.GetOwnerGivenName(), OwnerFamilyName: req.GetOwnerFamilyName(),
		},
		Key: idempotency.KeyOf(ctx, v1.DossierRequestService_CreateClient_FullMethodName, req),
	}))
}

func (s requests) AcceptPartner(ctx context.Context, req *v1.AcceptPartnerRequest) (*v1.AcceptPartnerResponse, error) {
	in, err := clientIn(ctx, req.GetDossierId(), idempotency.KeyOf(ctx, v1.DossierRequestService_AcceptPartner_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	return answer(app.AnswerPartner{Deps: s.Deps}.Accept(ctx, in))
}

func (s requests) DeclinePartner(ctx context.Context, req *v1.DeclinePartnerRequest) (*v1.DeclinePartnerResponse, error) {
	in, err := clientIn(ctx, req.GetDossierId(), idempotency.KeyOf(ctx, v1.DossierRequestService_DeclinePartner_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	return answer(app.AnswerPartner{Deps: s.Deps}.Decline(ctx, in))
}

func (s requests) GetClientCode(ctx context.Context, _ *v1.GetClientCodeRequest) (*v1.GetClientCodeResponse, error) {
	client := authn.FromContext(ctx).Person.OrganizationID
	found, err := answer(pg.InTenant(ctx, s.DB, client, func(ctx context.Context, tx pg.Tx) (domain.ClientCode, error) {
		return postgres.ClientCode(ctx, tx, client)
	}))
	if err != nil {
		return nil, err
	}
	return &v1.GetClientCodeResponse{ClientCode: contract.ClientCodeToProto(found)}, nil
}

func (s requests) RenewClientCode(ctx context.Context, req *v1.RenewClientCodeRequest) (*v1.RenewClientCodeResponse, error) {
	person := authn.FromContext(ctx).Person
	return answer(app.RenewClientCode{Deps: s.Deps}.Do(ctx, app.ClientIn{
		Client: person.OrganizationID, Actor: person.UserID,
		Key: idempotency.KeyOf(ctx, v1.DossierRequestService_RenewClientCode_FullMethodName, req),
	}))
}
