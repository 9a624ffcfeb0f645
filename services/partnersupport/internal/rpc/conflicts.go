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

// conflicts shows where two partners list one person for one client.
type conflicts struct {
	v1.UnimplementedConflictServiceServer
	base
}

func (s conflicts) ListConflicts(ctx context.Context, req *v1.ListConflictsRequest) (*v1.ListConflictsResponse, error) {
	caller := authn.FromContext(ctx)
	rows, next, err := paged(ctx, s.base, list[postgres.ConflictView]{
		req: req, id: func(v postgres.ConflictView) id.ID { return v.ID },
		read: func(at turn) ([]postgres.ConflictView, error) {
			return app.Conflicts{Deps: s.Deps}.List(ctx, postgres.ConflictList{
				Partner: caller.Person.OrganizationID, Before: at.before, Limit: at.limit,
			})
		},
	})
	return &v1.ListConflictsResponse{
		Conflicts: fields.Each(rows, func(v postgres.ConflictView) *v1.Conflict {
			return contract.ConflictToProto(v, caller.Locale)
		}),
		NextPageToken: next,
	}, err
}

func (s conflicts) RequestRelease(ctx context.Context, req *v1.RequestReleaseRequest) (*v1.RequestReleaseResponse, error) {
	in := releaseIn(ctx, idempotency.KeyOf(ctx, v1.ConflictService_RequestRelease_FullMethodName, req))
	var read fields.Reader
	in.ID = read.ID(contract.Assignment, "assignment_id", req.GetAssignmentId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.Conflicts{Deps: s.Deps}.RequestRelease(ctx, in))
}

func (s conflicts) ListReleaseRequests(ctx context.Context, req *v1.ListReleaseRequestsRequest) (*v1.ListReleaseRequestsResponse, error) {
	partner := authn.FromContext(ctx).Person.OrganizationID
	rows, next, err := paged(ctx, s.base, list[postgres.ReleaseView]{
		req: req, id: func(v postgres.ReleaseView) id.ID { return v.ID },
		read: func(at turn) ([]postgres.ReleaseView, error) {
			return pg.InTenant(ctx, s.DB, partner, func(ctx context.Context, tx pg.Tx) ([]postgres.ReleaseView, error) {
				return postgres.Releases(ctx, tx, postgres.ReleaseList{Partner: partner, Before: at.before, Limit: at.limit})
			})
		},
	})
	return &v1.ListReleaseRequestsResponse{ReleaseRequests: fields.Each(rows, contract.ReleaseToProto), NextPageToken: next}, err
}

func (s conflicts) KeepAssignment(ctx context.Context, req *v1.KeepAssignmentRequest) (*v1.KeepAssignmentResponse, error) {
	in := releaseIn(ctx, idempotency.KeyOf(ctx, v1.ConflictService_KeepAssignment_FullMethodName, req))
	var read fields.Reader
	in.ID = read.ID(contract.Release, "release_request_id", req.GetReleaseRequestId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.Conflicts{Deps: s.Deps}.Keep(ctx, in))
}

func releaseIn(ctx context.Context, key idempotency.Key) app.ReleaseIn {
	caller := authn.FromContext(ctx)
	return app.ReleaseIn{Partner: caller.Person.OrganizationID, Actor: caller.Person.UserID, Locale: caller.Locale, Key: key}
}
