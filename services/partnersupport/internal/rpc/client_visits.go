package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// clientVisits shows a client who is in its account.
type clientVisits struct {
	v1.UnimplementedClientVisitServiceServer
	base
}

func (s clientVisits) ListClientVisits(ctx context.Context, req *v1.ListClientVisitsRequest) (*v1.ListClientVisitsResponse, error) {
	client := authn.FromContext(ctx).Person.OrganizationID
	rows, next, err := paged(ctx, s.base, list[app.ClientVisit]{
		req: req, id: func(v app.ClientVisit) id.ID { return v.ID },
		read: func(at turn) ([]app.ClientVisit, error) {
			return app.ClientVisits{Deps: s.Deps}.List(ctx, postgres.ClientVisitList{
				Client: client, Now: s.Clock.Now(), Before: at.before, Limit: at.limit,
			})
		},
	})
	return &v1.ListClientVisitsResponse{
		Visits: fields.Each(rows, func(v app.ClientVisit) *v1.ClientVisit {
			return contract.ClientVisitToProto(v.ClientVisit, v.CollaboratorName)
		}),
		NextPageToken: next,
	}, err
}

func (s clientVisits) EndClientVisit(ctx context.Context, req *v1.EndClientVisitRequest) (*v1.EndClientVisitResponse, error) {
	session, err := sessionID(req.GetSupportSessionId())
	if err != nil {
		return nil, err
	}
	person := authn.FromContext(ctx).Person
	ended, err := answer(app.ClientVisits{Deps: s.Deps}.End(ctx, person.OrganizationID, person.UserID, session))
	if err != nil {
		return nil, err
	}
	return &v1.EndClientVisitResponse{EndTime: timestamppb.New(*ended.EndTime)}, nil
}
