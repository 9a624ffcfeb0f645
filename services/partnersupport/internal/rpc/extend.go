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

func (s assignments) ExtendAssignment(ctx context.Context, req *v1.ExtendAssignmentRequest) (*v1.ExtendAssignmentResponse, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	in := app.ExtendIn{
		Partner: person.OrganizationID, Actor: person.UserID,
		Assignment: read.ID(contract.Assignment, "assignment_id", req.GetAssignmentId()),
		Reason:     req.GetReason(), Duration: contract.Proposal(req),
		Key: idempotency.KeyOf(ctx, v1.AssignmentService_ExtendAssignment_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.ExtendAssignment{Deps: s.Deps}.Do(ctx, in))
}
