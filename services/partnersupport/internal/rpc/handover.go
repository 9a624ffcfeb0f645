package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
)

type handOvers struct {
	v1.UnimplementedHandOverServiceServer
	base
}

func (s handOvers) HandOverAssignment(ctx context.Context, req *v1.HandOverAssignmentRequest) (*v1.HandOverAssignmentResponse, error) {
	var read fields.Reader
	in := handOverIn(ctx, &read, req.GetHandOver())
	in.Assignment = read.ID(contract.Assignment, "assignment_id", req.GetAssignmentId())
	in.Key = idempotency.KeyOf(ctx, v1.HandOverService_HandOverAssignment_FullMethodName, req)
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.HandOver{Deps: s.Deps}.Do(ctx, in))
}

func (s handOvers) HandOverCollaborator(ctx context.Context, req *v1.HandOverCollaboratorRequest) (*v1.HandOverCollaboratorResponse, error) {
	var read fields.Reader
	in := app.HandOverManyIn{
		How:          handOverIn(ctx, &read, req.GetHandOver()),
		Collaborator: read.ID(contract.Collaborator, "collaborator_id", req.GetCollaboratorId()),
		Assignments:  read.IDs(contract.Assignment, "assignment_ids", req.GetAssignmentIds()),
		ValidateOnly: req.GetValidateOnly(), Locale: authn.FromContext(ctx).Locale,
		Key: idempotency.KeyOf(ctx, v1.HandOverService_HandOverCollaborator_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.HandOverMany{Deps: s.Deps}.Do(ctx, in))
}

func handOverIn(ctx context.Context, read *fields.Reader, how *v1.HandOver) app.HandOverIn {
	person := authn.FromContext(ctx).Person
	return app.HandOverIn{
		Partner: person.OrganizationID, Actor: person.UserID,
		Successor: read.ID(contract.Collaborator, "hand_over.successor_id", how.GetSuccessorId()),
		Reason:    how.GetReason(), Duration: contract.Proposal(how),
		DetachNow: how.GetDetachNow(), Confirm: how.GetConfirm(),
	}
}
