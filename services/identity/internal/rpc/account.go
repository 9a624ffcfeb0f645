package rpc

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// Account serves AccountService.
type Account struct {
	identityv1.UnimplementedAccountServiceServer

	DB                  *pg.DB
	Edge                Edge
	ConfirmIdentityCase app.ConfirmIdentity
	ChangePasswordCase  app.ChangePassword
	ExportCase          app.Export
	EraseCase           app.RequestErasure
}

// UpdateMe implements AccountService.
func (s *Account) UpdateMe(ctx context.Context, req *identityv1.UpdateMeRequest) (*identityv1.UpdateMeResponse, error) {
	profile, err := profileOf(ctx, req)
	if err != nil {
		return nil, err
	}
	key := idempotency.KeyOf(ctx, identityv1.AccountService_UpdateMe_FullMethodName, req)
	return pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) (*identityv1.UpdateMeResponse, error) {
		return idempotency.Do(ctx, tx, key, func() (*identityv1.UpdateMeResponse, error) {
			user, err := app.UpdateMe(ctx, tx, profile)
			if err != nil {
				return nil, err
			}
			return &identityv1.UpdateMeResponse{User: userToProto(user)}, nil
		})
	})
}

// profileOf refuses a mask that names what cannot be changed here.
func profileOf(ctx context.Context, req *identityv1.UpdateMeRequest) (app.Profile, error) {
	paths := req.GetUpdateMask().GetPaths()
	for _, path := range paths {
		if path != "locale" {
			return app.Profile{}, fault.Invalid("update_mask", "field_mask.in")
		}
	}
	out := app.Profile{UserID: authn.FromContext(ctx).Person.UserID, ETag: req.GetEtag()}
	if len(paths) > 0 && !slices.Contains(paths, "locale") {
		return out, nil
	}
	locale := req.GetLocale()
	if locale == "" {
		return out, fault.Invalid("locale", "required")
	}
	out.Locale = &locale
	return out, nil
}

// ConfirmIdentity implements AccountService.
func (s *Account) ConfirmIdentity(
	ctx context.Context, req *identityv1.ConfirmIdentityRequest,
) (*identityv1.ConfirmIdentityResponse, error) {
	person := authn.FromContext(ctx).Person
	opened, err := s.ConfirmIdentityCase.Do(ctx, app.Confirmation{
		SessionID: person.SessionID, UserID: person.UserID, Password: req.GetPassword(), Origin: s.Edge.originOf(ctx, req.GetOrigin()),
	})
	if err != nil {
		return nil, asPassword(err, "password")
	}
	return &identityv1.ConfirmIdentityResponse{
		SessionToken:     opened.Token.String(),
		Session:          sessionToProto(opened.Session),
		StepUpExpireTime: timestamppb.New(opened.Session.StepUpEnd()),
	}, nil
}

// ChangePassword implements AccountService.
func (s *Account) ChangePassword(
	ctx context.Context, req *identityv1.ChangePasswordRequest,
) (*identityv1.ChangePasswordResponse, error) {
	person := authn.FromContext(ctx).Person
	changed, err := s.ChangePasswordCase.Do(ctx, app.PasswordChange{
		SessionID: person.SessionID, UserID: person.UserID,
		Old: req.GetOldPassword(), New: req.GetNewPassword(), Origin: s.Edge.originOf(ctx, req.GetOrigin()),
	})
	if err != nil {
		return nil, asPassword(err, "old_password")
	}
	return &identityv1.ChangePasswordResponse{
		SessionToken:  changed.Token.String(),
		Session:       sessionToProto(changed.Session),
		SessionsEnded: int32(changed.Ended),
	}, nil
}

// asPassword names the field of a wrong password. To a signed-in person it is a
// field that is wrong, and no end of the session.
func asPassword(err error, field string) error {
	if fault.Is(err, reasonv1.Reason_REASON_CREDENTIALS_REFUSED) {
		return fault.With(err, fault.Field(field, "password.wrong"))
	}
	return err
}

// ExportMe implements AccountService.
func (s *Account) ExportMe(ctx context.Context, _ *identityv1.ExportMeRequest) (*identityv1.ExportMeResponse, error) {
	person := authn.FromContext(ctx).Person
	data, at, err := s.ExportCase.Do(ctx, app.Holder{SessionID: person.SessionID, UserID: person.UserID})
	if err != nil {
		return nil, err
	}
	return &identityv1.ExportMeResponse{CreateTime: timestamppb.New(at), Data: data}, nil
}

// RequestErasure implements AccountService.
func (s *Account) RequestErasure(
	ctx context.Context, req *identityv1.RequestErasureRequest,
) (*identityv1.RequestErasureResponse, error) {
	if req.GetConfirm() != "REMOVE" {
		return nil, fault.New(reasonv1.Reason_REASON_CONFIRMATION_REQUIRED)
	}
	person := authn.FromContext(ctx).Person
	at, err := s.EraseCase.Do(ctx, app.Holder{SessionID: person.SessionID, UserID: person.UserID})
	if err != nil {
		return nil, err
	}
	return &identityv1.RequestErasureResponse{RequestTime: timestamppb.New(at)}, nil
}
