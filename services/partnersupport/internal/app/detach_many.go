package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// DetachMany takes collaborators off several dossiers, each row for itself
// (R35).
type DetachMany struct{ Deps }

// DetachManyIn says which, and who typed what.
type DetachManyIn struct {
	Partner, Actor id.ID
	Assignments    []id.ID
	Confirm        string
	ValidateOnly   bool
	// Locale of the refusals' texts.
	Locale string
	Key    idempotency.Key
}

// Do answers a row for each. Only an answer without rows that may still succeed
// is kept for a repetition.
func (u DetachMany) Do(ctx context.Context, in DetachManyIn) (*v1.BatchDetachAssignmentsResponse, error) {
	if in.ValidateOnly {
		resp, _, err := u.rows(ctx, in, u.check)
		return resp, err
	}
	if err := domain.Confirm(in.Confirm); err != nil {
		return nil, err
	}
	resp, done, err := answered[*v1.BatchDetachAssignmentsResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	resp, settled, err := u.rows(ctx, in, u.detach)
	if err != nil || !settled {
		return resp, err
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.BatchDetachAssignmentsResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.BatchDetachAssignmentsResponse, error) { return resp, nil })
	})
}

// rows does each; settled tells that asking again would change nothing.
func (u DetachMany) rows(
	ctx context.Context, in DetachManyIn, do func(context.Context, DetachIn) (*v1.DetachResult, error),
) (*v1.BatchDetachAssignmentsResponse, bool, error) {
	one := func(assignment id.ID) (*v1.DetachResult, error) {
		return do(ctx, DetachIn{Partner: in.Partner, Assignment: assignment, Actor: in.Actor, Confirm: in.Confirm})
	}
	results, settled, err := each(in.Assignments, one, func(assignment id.ID, reason reasonv1.Reason) *v1.DetachResult {
		return &v1.DetachResult{
			AssignmentId: assignment.Text(contract.Assignment),
			ErrorReason:  fault.Name(reason), ErrorMessage: fault.Text(reason, in.Locale),
		}
	})
	return &v1.BatchDetachAssignmentsResponse{Results: results}, settled, err
}

func (u DetachMany) detach(ctx context.Context, in DetachIn) (*v1.DetachResult, error) {
	done, err := DetachAssignment(u).Do(ctx, in)
	if err != nil {
		return nil, err
	}
	return &v1.DetachResult{
		AssignmentId: in.Assignment.Text(contract.Assignment), Assignment: done.GetAssignment(),
		Grants: done.GetReceipt().GetGrants(), SupportSessions: done.GetReceipt().GetSupportSessions(),
	}, nil
}

// check finds whether there is such an assignment.
func (u DetachMany) check(ctx context.Context, in DetachIn) (*v1.DetachResult, error) {
	return &v1.DetachResult{AssignmentId: in.Assignment.Text(contract.Assignment)},
		u.DB.InTenant(ctx, in.Partner, func(ctx context.Context, tx pg.Tx) error {
			_, err := postgres.LockAssignment(ctx, tx, in.Partner, in.Assignment)
			return err
		})
}
