package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
)

// Auth serves AuthService.
type Auth struct {
	identityv1.UnimplementedAuthServiceServer

	Edge               Edge
	SignInCase         app.SignIn
	RegisterCase       app.RegisterWithInvitation
	SelectContextCase  app.SelectContext
	SignOutCase        app.SignOut
	ResolveSessionCase app.ResolveSession
}

// SignIn implements AuthService.
func (s *Auth) SignIn(ctx context.Context, req *identityv1.SignInRequest) (*identityv1.SignInResponse, error) {
	opened, err := s.SignInCase.Do(ctx, app.Credentials{
		Address: req.GetEmail(), Password: req.GetPassword(), Origin: s.Edge.originOf(ctx, req.GetOrigin()),
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.SignInResponse{
		SessionToken: opened.Token.String(),
		Session:      sessionToProto(opened.Session),
		DeviceToken:  opened.DeviceToken,
	}, nil
}

// RegisterWithInvitation implements AuthService.
func (s *Auth) RegisterWithInvitation(
	ctx context.Context, req *identityv1.RegisterWithInvitationRequest,
) (*identityv1.RegisterWithInvitationResponse, error) {
	opened, err := s.RegisterCase.Do(ctx, app.LinkRegistration{
		Token: req.GetToken(), Password: req.GetPassword(), Locale: req.GetLocale(),
		Origin: s.Edge.originOf(ctx, req.GetOrigin()),
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.RegisterWithInvitationResponse{
		SessionToken: opened.Token.String(),
		Session:      sessionToProto(opened.Session),
		DeviceToken:  opened.DeviceToken,
	}, nil
}

// SelectContext implements AuthService.
func (s *Auth) SelectContext(
	ctx context.Context, req *identityv1.SelectContextRequest,
) (*identityv1.SelectContextResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	person := authn.FromContext(ctx).Person
	opened, err := s.SelectContextCase.Do(ctx, app.Selection{
		SessionID: person.SessionID, UserID: person.UserID, OrganizationID: organization,
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.SelectContextResponse{
		SessionToken: opened.Token.String(),
		Session:      sessionToProto(opened.Session),
	}, nil
}

// SignOut implements AuthService.
func (s *Auth) SignOut(ctx context.Context, _ *identityv1.SignOutRequest) (*identityv1.SignOutResponse, error) {
	if err := s.SignOutCase.Do(ctx, authn.FromContext(ctx).Person.SessionID); err != nil {
		return nil, err
	}
	return &identityv1.SignOutResponse{}, nil
}

// ResolveSession implements AuthService.
func (s *Auth) ResolveSession(
	ctx context.Context, req *identityv1.ResolveSessionRequest,
) (*identityv1.ResolveSessionResponse, error) {
	out, err := s.ResolveSessionCase.Do(ctx, req.GetSessionToken(), s.Edge.originOf(ctx, req.GetOrigin()))
	if err != nil {
		return nil, err
	}
	return &identityv1.ResolveSessionResponse{
		AccessToken: out.Token.Text,
		ExpireTime:  timestamppb.New(out.Token.ExpireTime),
		Session:     sessionToProto(out.Session),
		User:        userToProto(out.User),
	}, nil
}
