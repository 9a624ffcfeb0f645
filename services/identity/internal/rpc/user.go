package rpc

import (
	"context"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// User serves UserService.
type User struct {
	identityv1.UnimplementedUserServiceServer

	DB              *pg.DB
	EndSessionsCase app.EndSessions
}

// GetMe implements UserService.
func (s *User) GetMe(ctx context.Context, _ *identityv1.GetMeRequest) (*identityv1.GetMeResponse, error) {
	found, err := s.read(ctx, []id.ID{authn.FromContext(ctx).Person.UserID})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.NotFound()
	}
	return &identityv1.GetMeResponse{User: userToProto(found[0])}, nil
}

// BatchGetUsers implements UserService.
func (s *User) BatchGetUsers(
	ctx context.Context, req *identityv1.BatchGetUsersRequest,
) (*identityv1.BatchGetUsersResponse, error) {
	var read fields.Reader
	ids := read.IDs("usr", "user_ids", req.GetUserIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	found, err := s.read(ctx, ids)
	if err != nil {
		return nil, err
	}
	return &identityv1.BatchGetUsersResponse{Users: fields.Each(found, userToProto)}, nil
}

// EndSessions implements UserService.
func (s *User) EndSessions(
	ctx context.Context, req *identityv1.EndSessionsRequest,
) (*identityv1.EndSessionsResponse, error) {
	var read fields.Reader
	user := read.ID("usr", "user_id", req.GetUserId())
	organizations := read.IDs("org", "organization_ids", req.GetOrganizationIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	key := idempotency.KeyOf(ctx, identityv1.UserService_EndSessions_FullMethodName, req)
	return pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) (*identityv1.EndSessionsResponse, error) {
		return idempotency.Do(ctx, tx, key, func() (*identityv1.EndSessionsResponse, error) {
			ended, err := s.EndSessionsCase.In(ctx, tx, user, organizations)
			if err != nil {
				return nil, err
			}
			return &identityv1.EndSessionsResponse{Ended: int32(ended)}, nil
		})
	})
}

func (s *User) read(ctx context.Context, ids []id.ID) ([]domain.User, error) {
	return pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) ([]domain.User, error) {
		return postgres.ListUsers(ctx, tx, ids)
	})
}
