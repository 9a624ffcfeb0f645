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

// HandOverMany passes a person's dossiers on, each row for itself (R36).
type HandOverMany struct{ Deps }

// maxRows bounds one call.
const maxRows = 500

// HandOverManyIn says whose, which and how. Holder, Assignment and Key of How
// are set here.
type HandOverManyIn struct {
	Collaborator id.ID
	Assignments  []id.ID // empty: all that are live
	How          HandOverIn
	ValidateOnly bool
	// Locale of the refusals' texts.
	Locale string
	Key    idempotency.Key
}

// Do answers a row for each. Only an answer without rows that may still succeed
// is kept for a repetition.
func (u HandOverMany) Do(ctx context.Context, in HandOverManyIn) (*v1.HandOverCollaboratorResponse, error) {
	if in.ValidateOnly {
		in.How.DetachNow, in.Key = false, idempotency.Key{} // nothing happens that could be confirmed, or repeated
	}
	if err := in.How.check(); err != nil {
		return nil, err
	}
	resp, done, err := answered[*v1.HandOverCollaboratorResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	resp, settled, err := u.rows(ctx, in)
	if err != nil || !settled || in.ValidateOnly {
		return resp, err
	}
	return pg.InTenant(ctx, u.DB, in.How.Partner, func(ctx context.Context, tx pg.Tx) (*v1.HandOverCollaboratorResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.HandOverCollaboratorResponse, error) { return resp, nil })
	})
}

func (u HandOverMany) rows(ctx context.Context, in HandOverManyIn) (*v1.HandOverCollaboratorResponse, bool, error) {
	wanted, err := u.wanted(ctx, in)
	if err != nil {
		return nil, false, err
	}
	do := func(assignment id.ID) (*v1.HandOverResult, error) {
		how := in.How
		how.Assignment, how.Holder, how.Key = assignment, in.Collaborator, idempotency.Key{}
		if in.ValidateOnly {
			_, err := HandOver(u).Weigh(ctx, how)
			return &v1.HandOverResult{AssignmentId: assignment.Text(contract.Assignment)}, err
		}
		return u.one(ctx, how)
	}
	results, settled, err := each(wanted, do, func(assignment id.ID, reason reasonv1.Reason) *v1.HandOverResult {
		return &v1.HandOverResult{
			AssignmentId: assignment.Text(contract.Assignment),
			ErrorReason:  fault.Name(reason), ErrorMessage: fault.Text(reason, in.Locale),
		}
	})
	return &v1.HandOverCollaboratorResponse{Results: results}, settled, err
}

// wanted are the assignments named, or all that the person has.
func (u HandOverMany) wanted(ctx context.Context, in HandOverManyIn) ([]id.ID, error) {
	if len(in.Assignments) > 0 {
		return in.Assignments, nil
	}
	return pg.InTenant(ctx, u.DB, in.How.Partner, func(ctx context.Context, tx pg.Tx) ([]id.ID, error) {
		return postgres.LiveAssignmentIDs(ctx, tx, domain.Collaborator{PartnerID: in.How.Partner, ID: in.Collaborator}, maxRows)
	})
}

func (u HandOverMany) one(ctx context.Context, how HandOverIn) (*v1.HandOverResult, error) {
	done, err := HandOver(u).Do(ctx, how)
	return &v1.HandOverResult{
		AssignmentId: how.Assignment.Text(contract.Assignment), Assignment: done.GetAssignment(),
		Grants: done.GetReceipt().GetGrants(), SupportSessions: done.GetReceipt().GetSupportSessions(),
	}, err
}
