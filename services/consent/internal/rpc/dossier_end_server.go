package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
)

// DossierEndServer implements aval.consent.v1.DossierEndService.
type DossierEndServer struct {
	consentv1.UnimplementedDossierEndServiceServer
	deps app.Deps
}

// NewDossierEndServer makes the server.
func NewDossierEndServer(deps app.Deps) *DossierEndServer { return &DossierEndServer{deps: deps} }

// TerminateForDossier ends all between one partner and one client.
func (s *DossierEndServer) TerminateForDossier(ctx context.Context, req *consentv1.TerminateForDossierRequest) (*consentv1.TerminateForDossierResponse, error) {
	var read fields.Reader
	link := app.Link{
		PartnerID: read.ID("org", "partner_id", req.GetPartnerId()),
		ClientID:  read.ID("org", "client_id", req.GetClientId()),
		By:        domain.Actor{Party: domain.ByPartner, ID: read.ID("usr", "actor_id", req.GetActorId())},
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	if req.GetParty() == consentv1.Party_PARTY_CLIENT {
		link.By.Party = domain.ByClient
	}
	out, err := app.TerminateDossier{Deps: s.deps}.Do(ctx, link)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.TerminateForDossierResponse{
		RequestsCancelled: int32(out.RequestsCancelled),
		GrantsEnded:       int32(out.Grants), SupportSessionsEnded: int32(out.Visits),
	}, nil
}
