package rpc

import (
	"context"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
)

// Recovery serves RecoveryService.
type Recovery struct {
	identityv1.UnimplementedRecoveryServiceServer

	Edge    Edge
	Request app.RequestPasswordReset
	Reset   app.ResetPassword
}

// RequestPasswordReset implements RecoveryService.
func (s *Recovery) RequestPasswordReset(
	ctx context.Context, req *identityv1.RequestPasswordResetRequest,
) (*identityv1.RequestPasswordResetResponse, error) {
	if err := s.Request.Do(ctx, req.GetEmail(), s.Edge.originOf(ctx, req.GetOrigin())); err != nil {
		return nil, err
	}
	return &identityv1.RequestPasswordResetResponse{}, nil
}

// ResetPassword implements RecoveryService.
func (s *Recovery) ResetPassword(
	ctx context.Context, req *identityv1.ResetPasswordRequest,
) (*identityv1.ResetPasswordResponse, error) {
	ended, err := s.Reset.Do(ctx, req.GetToken(), req.GetNewPassword())
	if err != nil {
		return nil, err
	}
	return &identityv1.ResetPasswordResponse{SessionsEnded: int32(ended)}, nil // at most 10 live
}
