package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

type offers struct {
	v1.UnimplementedOfferServiceServer
	base
}

func (s offers) ListHelpers(ctx context.Context, req *v1.ListHelpersRequest) (*v1.ListHelpersResponse, error) {
	in, err := clientIn(ctx, req.GetDossierId(), idempotency.Key{})
	if err != nil {
		return nil, err
	}
	rows, next, err := paged(ctx, s.base, list[domain.Collaborator]{
		req: req, id: func(c domain.Collaborator) id.ID { return c.ID },
		read: func(at turn) ([]domain.Collaborator, error) {
			return app.ClientDossier{Deps: s.Deps}.Helpers(ctx, in, postgres.HelperList{
				Name: req.GetName(), Before: at.before, Limit: at.limit,
			})
		},
	})
	return &v1.ListHelpersResponse{Helpers: fields.Each(rows, contract.HelperToProto), NextPageToken: next}, err
}

func (s offers) OfferAccess(ctx context.Context, req *v1.OfferAccessRequest) (*v1.OfferAccessResponse, error) {
	link, err := clientIn(ctx, req.GetDossierId(), idempotency.KeyOf(ctx, v1.OfferService_OfferAccess_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	var read fields.Reader
	in := app.OfferIn{
		ClientIn: link, Reason: req.GetReason(),
		Collaborator: read.Optional(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
		Assignment:   read.Optional(contract.Assignment, "assignment_id", req.GetAssignmentId()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	if in.Collaborator.IsZero() == in.Assignment.IsZero() {
		return nil, fault.Invalid("collaborator_id", "required")
	}
	return answer(app.OfferAccess{Deps: s.Deps}.Do(ctx, in))
}
