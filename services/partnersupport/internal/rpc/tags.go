package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
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
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	list, err := tagList(ctx, req, asked)
	if err != nil {
		return nil, err
	}
	rows, err := answer(pg.InTenant(ctx, s.DB, list.Partner, func(ctx context.Context, tx pg.Tx) ([]domain.Tag, error) {
		if _, err := postgres.Collaborator(ctx, tx, list.Partner, list.Collaborator); err != nil {
			return nil, err
		}
		return postgres.Tags(ctx, tx, list)
	}))
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, rows, func(t domain.Tag) []string { return page.KeyID(t.ID) })
	return &v1.ListCollaboratorTagsResponse{Tags: fields.Each(rows, contract.TagToProto), NextPageToken: next}, err
}

func tagList(ctx context.Context, req *v1.ListCollaboratorTagsRequest, asked page.List) (l postgres.TagList, err error) {
	var read fields.Reader
	l = postgres.TagList{
		Partner:      authn.FromContext(ctx).Person.OrganizationID,
		Collaborator: read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
		Limit:        asked.Limit(),
	}
	if read.Err() != nil {
		return l, read.Err()
	}
	l.Before, err = asked.AfterID()
	return l, err
}
