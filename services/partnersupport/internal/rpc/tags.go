package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

func (s collaborators) TagCollaborator(ctx context.Context, req *v1.TagCollaboratorRequest) (*v1.TagCollaboratorResponse, error) {
	key := idempotency.KeyOf(ctx, v1.CollaboratorService_TagCollaborator_FullMethodName, req)
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	in := app.TagIn{
		Partner: person.OrganizationID, Collaborator: read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
		Tagging: domain.Tagging{
			Kind: contract.TagKindFromProto(req.GetKind()), Until: contract.OptionalTime(req.GetUntilTime()), Actor: person.UserID,
		},
		Key: key,
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	if in.Tagging.Until != nil && in.Tagging.Kind == "" {
		return nil, fault.Invalid("kind", "required")
	}
	return answer(app.TagCollaborator{Deps: s.Deps}.Do(ctx, in))
}

// ListCollaboratorTags answers for who left, too: what somebody was on a past
// day stays known.
func (s collaborators) ListCollaboratorTags(ctx context.Context, req *v1.ListCollaboratorTagsRequest) (*v1.ListCollaboratorTagsResponse, error) {
	var read fields.Reader
	wanted := postgres.TagList{
		Partner:      authn.FromContext(ctx).Person.OrganizationID,
		Collaborator: read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	rows, next, err := paged(ctx, s.base, list[domain.Tag]{
		req: req, id: func(t domain.Tag) id.ID { return t.ID },
		read: func(at turn) ([]domain.Tag, error) {
			wanted.Before, wanted.Limit = at.before, at.limit
			return pg.InTenant(ctx, s.DB, wanted.Partner, func(ctx context.Context, tx pg.Tx) ([]domain.Tag, error) {
				if _, err := postgres.Collaborator(ctx, tx, wanted.Partner, wanted.Collaborator); err != nil {
					return nil, err
				}
				return postgres.Tags(ctx, tx, wanted)
			})
		},
	})
	return &v1.ListCollaboratorTagsResponse{Tags: fields.Each(rows, contract.TagToProto), NextPageToken: next}, err
}
