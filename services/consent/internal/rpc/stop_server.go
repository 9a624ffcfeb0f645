package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// StopServer implements aval.consent.v1.AccessStopService.
type StopServer struct {
	consentv1.UnimplementedAccessStopServiceServer
	deps app.Deps
}

// NewStopServer makes the server.
func NewStopServer(deps app.Deps) *StopServer { return &StopServer{deps: deps} }

// LookupAccesses answers who can come in.
func (s *StopServer) LookupAccesses(ctx context.Context, req *consentv1.LookupAccessesRequest) (*consentv1.LookupAccessesResponse, error) {
	open, err := app.StopByLink{Deps: s.deps}.Look(ctx, req.GetToken())
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.LookupAccessesResponse{
		Accesses: fields.Each(open.Accesses, stoppableToProto), ClientName: open.ClientName,
		RecipientGivenName: open.Link.GivenName, Locale: open.Link.Locale,
	}, nil
}

func stoppableToProto(r domain.Record) *consentv1.StoppableAccess {
	shown := consentToProto(r, r.GiveTime)
	return &consentv1.StoppableAccess{
		ConsentId: shown.GetId(), CollaboratorName: shown.GetCollaboratorName(), PartnerName: r.Partner.LegalName,
		PartnerId: shown.GetPartnerId(), PartnerRole: shown.GetPartnerRole(),
		GiveTime: shown.GetGiveTime(), ExpireTime: shown.GetExpireTime(), Team: r.Team,
	}
}

// StopAccesses takes yeses back (R41).
func (s *StopServer) StopAccesses(ctx context.Context, req *consentv1.StopAccessesRequest) (*consentv1.StopAccessesResponse, error) {
	var read fields.Reader
	press := app.Press{
		Token:                 req.GetToken(),
		Consents:              fields.Each(req.GetConsentIds(), func(text string) id.ID { return read.ID("cns", "consent_ids", text) }),
		SessionOrganizationID: sessionOf(ctx, &read, req.GetEvidence()),
		Key:                   keyOf(ctx, consentv1.AccessStopService_StopAccesses_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := app.StopByLink{Deps: s.deps}.Do(ctx, press)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.StopAccessesResponse{
		ConsentsWithdrawn: int32(out.Consents), GrantsEnded: int32(out.Grants), SupportSessionsEnded: int32(out.Visits),
	}, nil
}
