package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
)

// Sessions serves SessionService.
type Sessions struct {
	identityv1.UnimplementedSessionServiceServer

	Pages *page.Sealer
	Own   app.OwnSessions
}

// ListMySessions implements SessionService.
func (s *Sessions) ListMySessions(
	ctx context.Context, req *identityv1.ListMySessionsRequest,
) (*identityv1.ListMySessionsResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	slice := postgres.Slice{Limit: asked.Limit()}
	if slice.AfterTime, slice.AfterID, err = asked.AfterTimeID(); err != nil {
		return nil, err
	}
	person := authn.FromContext(ctx).Person
	list, err := s.Own.List(ctx, person.UserID, slice)
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(s domain.Session) []string { return page.KeyTimeID(s.CreateTime, s.ID) })
	if err != nil {
		return nil, err
	}
	return &identityv1.ListMySessionsResponse{
		Sessions:      fields.Each(list, func(s domain.Session) *identityv1.MySession { return mySessionToProto(s, person.SessionID) }),
		NextPageToken: next,
	}, nil
}

func mySessionToProto(s domain.Session, current id.ID) *identityv1.MySession {
	out := &identityv1.MySession{
		Id:         s.ID.Text("ses"),
		Device:     s.Device,
		Network:    s.Network,
		AuthTime:   timestamppb.New(s.AuthTime),
		UseTime:    timestamppb.New(s.UseTime),
		ExpireTime: timestamppb.New(s.ExpireTime),
		Current:    s.ID == current,
	}
	if !s.OrganizationID.IsZero() {
		out.OrganizationId = s.OrganizationID.Text("org")
	}
	return out
}

// RevokeMySession implements SessionService.
func (s *Sessions) RevokeMySession(
	ctx context.Context, req *identityv1.RevokeMySessionRequest,
) (*identityv1.RevokeMySessionResponse, error) {
	var read fields.Reader
	session := read.ID("ses", "session_id", req.GetSessionId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	if err := s.Own.Revoke(ctx, authn.FromContext(ctx).Person.UserID, session); err != nil {
		return nil, err
	}
	return &identityv1.RevokeMySessionResponse{}, nil
}

// RevokeMyOtherSessions implements SessionService.
func (s *Sessions) RevokeMyOtherSessions(
	ctx context.Context, _ *identityv1.RevokeMyOtherSessionsRequest,
) (*identityv1.RevokeMyOtherSessionsResponse, error) {
	person := authn.FromContext(ctx).Person
	ended, err := s.Own.RevokeOthers(ctx, person.UserID, person.SessionID)
	if err != nil {
		return nil, err
	}
	return &identityv1.RevokeMyOtherSessionsResponse{Ended: int32(ended)}, nil // at most 10 live
}
