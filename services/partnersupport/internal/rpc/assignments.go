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
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

type assignments struct {
	v1.UnimplementedAssignmentServiceServer
	base
}

func (s assignments) BatchCreateAssignments(
	ctx context.Context, req *v1.BatchCreateAssignmentsRequest,
) (*v1.BatchCreateAssignmentsResponse, error) {
	key := idempotency.KeyOf(ctx, v1.AssignmentService_BatchCreateAssignments_FullMethodName, req)
	var read fields.Reader
	collaborator := read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId())
	wanted := read.IDs(contract.Dossier, "dossier_ids", req.GetDossierIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	caller := authn.FromContext(ctx)
	return answer(app.Assign{Deps: s.Deps}.Do(ctx, app.AssignIn{
		Partner: caller.Person.OrganizationID, Collaborator: collaborator, Requester: caller.Person.UserID,
		Dossiers: wanted, Reason: req.GetReason(), Duration: contract.Proposal(req),
		Urgent: req.GetUrgent(), ValidateOnly: req.GetValidateOnly(), Locale: caller.Locale, Key: key,
	}))
}

func (s assignments) ListAssignments(ctx context.Context, req *v1.ListAssignmentsRequest) (*v1.ListAssignmentsResponse, error) {
	var read fields.Reader
	wanted := postgres.AssignmentList{
		Partner:      authn.FromContext(ctx).Person.OrganizationID,
		Dossier:      read.Optional(contract.Dossier, "dossier_id", req.GetDossierId()),
		Collaborator: read.Optional(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	rows, next, err := paged(ctx, s.base, list[postgres.AssignmentView]{
		req: req, id: func(a postgres.AssignmentView) id.ID { return a.ID },
		read: func(at turn) ([]postgres.AssignmentView, error) {
			wanted.Before, wanted.Limit = at.before, at.limit
			return pg.InTenant(ctx, s.DB, wanted.Partner, func(ctx context.Context, tx pg.Tx) ([]postgres.AssignmentView, error) {
				return postgres.Assignments(ctx, tx, wanted)
			})
		},
	})
	return &v1.ListAssignmentsResponse{
		Assignments: fields.Each(rows, contract.AssignmentViewToProto), NextPageToken: next,
	}, err
}

func (s assignments) DetachAssignment(ctx context.Context, req *v1.DetachAssignmentRequest) (*v1.DetachAssignmentResponse, error) {
	key := idempotency.KeyOf(ctx, v1.AssignmentService_DetachAssignment_FullMethodName, req)
	var read fields.Reader
	assignment := read.ID(contract.Assignment, "assignment_id", req.GetAssignmentId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	person := authn.FromContext(ctx).Person
	return answer(app.DetachAssignment{Deps: s.Deps}.Do(ctx, app.DetachIn{
		Partner: person.OrganizationID, Assignment: assignment, Actor: person.UserID,
		Confirm: req.GetConfirm(), Key: key,
	}))
}
