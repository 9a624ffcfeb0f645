package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
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
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	before, err := asked.AfterID()
	if err != nil {
		return nil, err
	}
	partner := authn.FromContext(ctx).Person.OrganizationID
	var rows []domain.Collaborator
	err = s.DB.InTenant(ctx, partner, func(ctx context.Context, tx pg.Tx) (err error) {
		rows, err = postgres.Collaborators(ctx, tx, postgres.CollaboratorList{
			Partner: partner, State: contract.CollaboratorStateFromProto(req.GetState()), Before: before, Limit: asked.Limit(),
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, rows, func(c domain.Collaborator) []string { return page.KeyID(c.ID) })
	return &v1.ListCollaboratorsResponse{
		Collaborators: fields.Each(rows, contract.CollaboratorToProto), NextPageToken: next,
	}, err
}

func (s collaborators) RemoveCollaborator(ctx context.Context, req *v1.RemoveCollaboratorRequest) (*v1.RemoveCollaboratorResponse, error) {
	key := idempotency.KeyOf(ctx, v1.CollaboratorService_RemoveCollaborator_FullMethodName, req)
	var read fields.Reader
	collaborator := read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	person := authn.FromContext(ctx).Person
	return answer(app.RemoveCollaborator{Deps: s.Deps}.Do(ctx, app.RemoveIn{
		Partner: person.OrganizationID, Collaborator: collaborator, Actor: person.UserID,
		Confirm: req.GetConfirm(), Key: key,
	}))
}
