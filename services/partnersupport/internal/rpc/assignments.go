package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
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
	collaborator, err := contract.Field{Name: "collaborator_id", Prefix: contract.Collaborator, Text: req.GetCollaboratorId()}.ID()
	if err != nil {
		return nil, err
	}
	wanted, err := contract.IDs(contract.Each(req.GetDossierIds(), func(text string) contract.Field {
		return contract.Field{Name: "dossier_ids", Prefix: contract.Dossier, Text: text}
	})...)
	if err != nil {
		return nil, err
	}
	caller := authn.FromContext(ctx)
	return answer(app.Assign{Deps: s.Deps}.Do(ctx, app.AssignIn{
		Partner: caller.Person.OrganizationID, Collaborator: collaborator, Requester: caller.Person.UserID,
		Dossiers: wanted, Reason: req.GetReason(), Duration: req.GetProposedDuration().AsDuration(),
		ValidateOnly: req.GetValidateOnly(), Locale: caller.Locale, Key: key,
	}))
}

func (s assignments) ListAssignments(ctx context.Context, req *v1.ListAssignmentsRequest) (*v1.ListAssignmentsResponse, error) {
	w, err := s.window(ctx, req)
	if err != nil {
		return nil, err
	}
	list, err := assignmentList(req, w)
	if err != nil {
		return nil, err
	}
	list.Partner = authn.FromContext(ctx).Person.OrganizationID
	var rows []postgres.AssignmentView
	err = s.DB.InTenant(ctx, list.Partner, func(ctx context.Context, tx pg.Tx) (err error) {
		rows, err = postgres.Assignments(ctx, tx, list)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next, err := cut(w, rows, func(a postgres.AssignmentView) []string { return []string{a.ID.String()} })
	return &v1.ListAssignmentsResponse{
		Assignments: contract.Each(rows, contract.AssignmentViewToProto), NextPageToken: next,
	}, err
}

func assignmentList(req *v1.ListAssignmentsRequest, w window) (l postgres.AssignmentList, err error) {
	var filters []id.ID
	filters, err = contract.IDs(
		contract.Field{Name: "dossier_id", Prefix: contract.Dossier, Text: req.GetDossierId(), Optional: true},
		contract.Field{Name: "collaborator_id", Prefix: contract.Collaborator, Text: req.GetCollaboratorId(), Optional: true},
	)
	if err != nil {
		return l, err
	}
	l = postgres.AssignmentList{Dossier: filters[0], Collaborator: filters[1], Limit: w.limit()}
	l.Before, err = w.before()
	return l, err
}

func (s assignments) DetachAssignment(ctx context.Context, req *v1.DetachAssignmentRequest) (*v1.DetachAssignmentResponse, error) {
	key := idempotency.KeyOf(ctx, v1.AssignmentService_DetachAssignment_FullMethodName, req)
	assignment, err := contract.Field{Name: "assignment_id", Prefix: contract.Assignment, Text: req.GetAssignmentId()}.ID()
	if err != nil {
		return nil, err
	}
	person := authn.FromContext(ctx).Person
	return answer(app.DetachAssignment{Deps: s.Deps}.Do(ctx, app.DetachIn{
		Partner: person.OrganizationID, Assignment: assignment, Actor: person.UserID,
		Confirm: req.GetConfirm(), Key: key,
	}))
}
