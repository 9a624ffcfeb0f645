package rpc

import (
	"context"
	"log/slog"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
)

// Factors serves FactorService.
type Factors struct {
	identityv1.UnimplementedFactorServiceServer

	DB    *pg.DB
	Pages *page.Sealer
	Edge  Edge
	Log   *slog.Logger

	StartTotpCase    app.StartTotp
	ConfirmTotpCase  app.ConfirmTotp
	StartPasskeyCase app.StartPasskey
	AddPasskeyCase   app.AddPasskey
	Keep             app.KeepFactors
	Reset            app.ResetFactors
}

// ListMyFactors implements FactorService.
func (s *Factors) ListMyFactors(
	ctx context.Context, req *identityv1.ListMyFactorsRequest,
) (*identityv1.ListMyFactorsResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := asked.AfterID()
	if err != nil {
		return nil, err
	}
	list, left, err := s.Keep.List(ctx, authn.FromContext(ctx).Person.UserID, after, asked.Limit())
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(f domain.Factor) []string { return page.KeyID(f.ID) })
	if err != nil {
		return nil, err
	}
	return &identityv1.ListMyFactorsResponse{
		Factors: fields.Each(list, factorToProto), NextPageToken: next, RecoveryCodesLeft: int32(left),
	}, nil
}

// StartTotp implements FactorService.
func (s *Factors) StartTotp(ctx context.Context, _ *identityv1.StartTotpRequest) (*identityv1.StartTotpResponse, error) {
	made, err := s.StartTotpCase.Do(ctx, holder(ctx))
	if err != nil {
		return nil, err
	}
	return &identityv1.StartTotpResponse{FactorId: made.FactorID.Text("fct"), Secret: made.Secret, Uri: made.URI}, nil
}

// ConfirmTotp implements FactorService.
func (s *Factors) ConfirmTotp(ctx context.Context, req *identityv1.ConfirmTotpRequest) (*identityv1.ConfirmTotpResponse, error) {
	var read fields.Reader
	in := app.FirstCode{
		Holder: holder(ctx), FactorID: read.ID("fct", "factor_id", req.GetFactorId()), Code: req.GetCode(), Name: req.GetName(),
		Origin: s.Edge.originOf(ctx, req.GetOrigin()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := s.ConfirmTotpCase.Do(ctx, in)
	if err != nil {
		return nil, err
	}
	return &identityv1.ConfirmTotpResponse{
		SessionToken: out.Token.String(), Session: sessionToProto(out.Session),
		Factor: factorToProto(out.Factor), RecoveryCodes: out.RecoveryCodes,
	}, nil
}

// StartPasskey implements FactorService.
func (s *Factors) StartPasskey(ctx context.Context, _ *identityv1.StartPasskeyRequest) (*identityv1.StartPasskeyResponse, error) {
	asked, err := s.StartPasskeyCase.Do(ctx, holder(ctx))
	if err != nil {
		return nil, err
	}
	return &identityv1.StartPasskeyResponse{Challenge: challengeToProto(asked)}, nil
}

// AddPasskey implements FactorService.
func (s *Factors) AddPasskey(ctx context.Context, req *identityv1.AddPasskeyRequest) (*identityv1.AddPasskeyResponse, error) {
	answer, err := answerFromProto("answer", req.GetAnswer())
	if err != nil {
		return nil, err
	}
	out, err := s.AddPasskeyCase.Do(ctx, app.NewPasskey{Holder: holder(ctx), PasskeyAnswer: answer, Name: req.GetName()})
	if err != nil {
		return nil, err
	}
	return &identityv1.AddPasskeyResponse{
		SessionToken: out.Token.String(), Session: sessionToProto(out.Session),
		Factor: factorToProto(out.Factor), RecoveryCodes: out.RecoveryCodes,
	}, nil
}

// RenameMyFactor implements FactorService.
func (s *Factors) RenameMyFactor(
	ctx context.Context, req *identityv1.RenameMyFactorRequest,
) (*identityv1.RenameMyFactorResponse, error) {
	var read fields.Reader
	factor := read.ID("fct", "factor_id", req.GetFactorId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	key := idempotency.KeyOf(ctx, identityv1.FactorService_RenameMyFactor_FullMethodName, req)
	user := authn.FromContext(ctx).Person.UserID
	return pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) (*identityv1.RenameMyFactorResponse, error) {
		return idempotency.Do(ctx, tx, key, func() (*identityv1.RenameMyFactorResponse, error) {
			renamed, err := s.Keep.Rename(ctx, tx, app.FactorName{UserID: user, FactorID: factor, Name: req.GetName()})
			if err != nil {
				return nil, err
			}
			return &identityv1.RenameMyFactorResponse{Factor: factorToProto(renamed)}, nil
		})
	})
}

// RemoveMyFactor implements FactorService.
func (s *Factors) RemoveMyFactor(
	ctx context.Context, req *identityv1.RemoveMyFactorRequest,
) (*identityv1.RemoveMyFactorResponse, error) {
	var read fields.Reader
	factor := read.ID("fct", "factor_id", req.GetFactorId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	if err := s.Keep.Remove(ctx, holder(ctx), factor); err != nil {
		return nil, err
	}
	return &identityv1.RemoveMyFactorResponse{}, nil
}

// RegenerateRecoveryCodes implements FactorService.
func (s *Factors) RegenerateRecoveryCodes(
	ctx context.Context, _ *identityv1.RegenerateRecoveryCodesRequest,
) (*identityv1.RegenerateRecoveryCodesResponse, error) {
	codes, err := s.Keep.RecoveryCodes(ctx, holder(ctx))
	if err != nil {
		return nil, err
	}
	return &identityv1.RegenerateRecoveryCodesResponse{RecoveryCodes: codes}, nil
}

// CheckFactors implements FactorService.
func (s *Factors) CheckFactors(
	ctx context.Context, req *identityv1.CheckFactorsRequest,
) (*identityv1.CheckFactorsResponse, error) {
	var read fields.Reader
	user := read.ID("usr", "user_id", req.GetUserId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	enrolled, err := s.Keep.Enrolled(ctx, user)
	if err != nil {
		return nil, err
	}
	return &identityv1.CheckFactorsResponse{Enrolled: enrolled}, nil
}

// ResetFactors implements FactorService.
func (s *Factors) ResetFactors(
	ctx context.Context, req *identityv1.ResetFactorsRequest,
) (*identityv1.ResetFactorsResponse, error) {
	var read fields.Reader
	user := read.ID("usr", "user_id", req.GetUserId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	removed, err := s.Reset.Do(ctx, user)
	if err != nil {
		return nil, err
	}
	s.Log.WarnContext(ctx, "factors reset", slog.String("user_id", req.GetUserId()), slog.String("reason", req.GetReason()),
		slog.Int64("removed", removed))
	return &identityv1.ResetFactorsResponse{Removed: int32(removed)}, nil
}

func factorToProto(f domain.Factor) *identityv1.Factor {
	return &identityv1.Factor{
		Id: f.ID.Text("fct"), Kind: app.KindToProto(f.Kind), Name: f.Name,
		CreateTime: fields.Time(f.CreateTime), UseTime: fields.Time(f.UseTime),
	}
}
