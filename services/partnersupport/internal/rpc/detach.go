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

func (s assignments) BatchDetachAssignments(
	ctx context.Context, req *v1.BatchDetachAssignmentsRequest,
) (*v1.BatchDetachAssignmentsResponse, error) {
	key := idempotency.KeyOf(ctx, v1.AssignmentService_BatchDetachAssignments_FullMethodName, req)
	var read fields.Reader
	wanted := read.IDs(contract.Assignment, "assignment_ids", req.GetAssignmentIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	caller := authn.FromContext(ctx)
	return answer(app.DetachMany{Deps: s.Deps}.Do(ctx, app.DetachManyIn{
		Partner: caller.Person.OrganizationID, Actor: caller.Person.UserID, Assignments: wanted,
		Confirm: req.GetConfirm(), ValidateOnly: req.GetValidateOnly(), Locale: caller.Locale, Key: key,
	}))
}
