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

type collaborators struct {
	v1.UnimplementedCollaboratorServiceServer
	base
}

func (s collaborators) AddCollaborator(ctx context.Context, req *v1.AddCollaboratorRequest) (*v1.AddCollaboratorResponse, error) {
	key := idempotency.KeyOf(ctx, v1.CollaboratorService_AddCollaborator_FullMethodName, req)
	return answer(app.AddCollaborator{Deps: s.Deps}.Do(ctx, domain.Collaborator{
		PartnerID:   authn.FromContext(ctx).Person.OrganizationID,
		GivenName:   req.GetGivenName(),
		FamilyName:  req.GetFamilyName(),
		Email:       req.GetEmail(),
		PartnerRole: contract.PartnerRoleFromProto(req.GetPartnerRole()),
	}, key))
}

func (s collaborators) ListCollaborators(ctx context.Context, req *v1.ListCollaboratorsRequest) (*v1.ListCollaboratorsResponse, error) {
	wanted := postgres.CollaboratorList{
		Partner: authn.FromContext(ctx).Person.OrganizationID, State: contract.CollaboratorStateFromProto(req.GetState()),
		Tag: contract.TagKindFromProto(req.GetTag()), Untagged: req.GetUntagged(), Now: s.Clock.Now(), Search: domain.Fold(req.GetSearch()),
		Filter: contract.CollaboratorFilterFromProto(req.GetFilter()),
	}
	rows, next, err := paged(ctx, s.base, list[postgres.CollaboratorView]{
		req: req, id: func(c postgres.CollaboratorView) id.ID { return c.ID },
		read: func(at turn) ([]postgres.CollaboratorView, error) {
			wanted.Before, wanted.Limit = at.before, at.limit
			return pg.InTenant(ctx, s.DB, wanted.Partner, func(ctx context.Context, tx pg.Tx) ([]postgres.CollaboratorView, error) {
				return postgres.Collaborators(ctx, tx, wanted)
			})
		},
	})
	return &v1.ListCollaboratorsResponse{
		Collaborators: fields.Each(rows, contract.CollaboratorViewToProto), NextPageToken: next,
	}, err
}

func (s collaborators) CountCollaborators(ctx context.Context, _ *v1.CountCollaboratorsRequest) (*v1.CountCollaboratorsResponse, error) {
	staff := postgres.StaffCount{Partner: authn.FromContext(ctx).Person.OrganizationID, Now: s.Clock.Now()}
	found, err := pg.InTenant(ctx, s.DB, staff.Partner, func(ctx context.Context, tx pg.Tx) (domain.CollaboratorCounts, error) {
		return postgres.CountCollaborators(ctx, tx, staff)
	})
	return contract.CollaboratorCountsToProto(found), err
}

func (s collaborators) GetCollaborator(ctx context.Context, req *v1.GetCollaboratorRequest) (*v1.GetCollaboratorResponse, error) {
	var read fields.Reader
	asked := domain.Collaborator{
		PartnerID: authn.FromContext(ctx).Person.OrganizationID,
		ID:        read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	found, err := answer(pg.InTenant(ctx, s.DB, asked.PartnerID, func(ctx context.Context, tx pg.Tx) (postgres.CollaboratorView, error) {
		return postgres.ViewCollaborator(ctx, tx, asked, s.Clock.Now())
	}))
	if err != nil {
		return nil, err
	}
	return &v1.GetCollaboratorResponse{Collaborator: contract.CollaboratorViewToProto(found)}, nil
}

func (s collaborators) RemoveCollaborator(ctx context.Context, req *v1.RemoveCollaboratorRequest) (*v1.RemoveCollaboratorResponse, error) {
	key := idempotency.KeyOf(ctx, v1.CollaboratorService_RemoveCollaborator_FullMethodName, req)
	var read fields.Reader
	collaborator := read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId())
	successor := read.Optional(contract.Collaborator, "successor_id", req.GetSuccessorId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	person := authn.FromContext(ctx).Person
	return answer(app.RemoveCollaborator{Deps: s.Deps}.Do(ctx, app.RemoveIn{
		Partner: person.OrganizationID, Collaborator: collaborator, Actor: person.UserID, Successor: successor,
		Confirm: req.GetConfirm(), Key: key,
	}))
}
