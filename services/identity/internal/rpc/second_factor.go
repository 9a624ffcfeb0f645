package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// SecondFactor serves SecondFactorService.
type SecondFactor struct {
	identityv1.UnimplementedSecondFactorServiceServer

	Edge   Edge
	Verify app.VerifyFactor
	Step   app.StepUpByFactor
	Ask    app.AskPasskey
	SignIn app.SignInWithPasskey
}

// VerifyFactor implements SecondFactorService.
func (s *SecondFactor) VerifyFactor(
	ctx context.Context, req *identityv1.VerifyFactorRequest,
) (*identityv1.VerifyFactorResponse, error) {
	in, err := s.proving(ctx, req.GetProof(), req.GetOrigin())
	if err != nil {
		return nil, err
	}
	opened, err := s.Verify.Do(ctx, in)
	if err != nil {
		return nil, err
	}
	return &identityv1.VerifyFactorResponse{
		SessionToken: opened.Token.String(),
		Session:      sessionToProto(opened.Session),
		DeviceToken:  opened.DeviceToken,
	}, nil
}

// StepUp implements SecondFactorService.
func (s *SecondFactor) StepUp(ctx context.Context, req *identityv1.StepUpRequest) (*identityv1.StepUpResponse, error) {
	in, err := s.proving(ctx, req.GetProof(), req.GetOrigin())
	if err != nil {
		return nil, err
	}
	opened, err := s.Step.Do(ctx, in)
	if err != nil {
		return nil, err
	}
	return &identityv1.StepUpResponse{
		SessionToken:     opened.Token.String(),
		Session:          sessionToProto(opened.Session),
		StepUpExpireTime: timestamppb.New(opened.Session.StepUpEnd()),
	}, nil
}

// GetPasskeyOptions implements SecondFactorService.
func (s *SecondFactor) GetPasskeyOptions(
	ctx context.Context, _ *identityv1.GetPasskeyOptionsRequest,
) (*identityv1.GetPasskeyOptionsResponse, error) {
	var user id.ID
	if person := authn.FromContext(ctx).Person; person != nil {
		user = person.UserID
	}
	asked, err := s.Ask.Do(ctx, user)
	if err != nil {
		return nil, err
	}
	return &identityv1.GetPasskeyOptionsResponse{Challenge: challengeToProto(asked)}, nil
}

// SignInWithPasskey implements SecondFactorService.
func (s *SecondFactor) SignInWithPasskey(
	ctx context.Context, req *identityv1.SignInWithPasskeyRequest,
) (*identityv1.SignInWithPasskeyResponse, error) {
	answer, err := answerFromProto("answer", req.GetAnswer())
	if err != nil {
		return nil, err
	}
	opened, err := s.SignIn.Do(ctx, answer, s.Edge.originOf(ctx, req.GetOrigin()))
	if err != nil {
		return nil, err
	}
	return &identityv1.SignInWithPasskeyResponse{
		SessionToken: opened.Token.String(),
		Session:      sessionToProto(opened.Session),
		DeviceToken:  opened.DeviceToken,
	}, nil
}

func (s *SecondFactor) proving(ctx context.Context, in *identityv1.FactorProof, from *identityv1.Origin) (app.Proving, error) {
	out := app.Proving{
		Holder: holder(ctx), Origin: s.Edge.originOf(ctx, from),
		Proof: app.FactorProof{Code: in.GetTotpCode(), RecoveryCode: in.GetRecoveryCode()},
	}
	if in.GetPasskey() == nil {
		return out, nil
	}
	answer, err := answerFromProto("proof.passkey", in.GetPasskey())
	out.Proof.Passkey = &answer
	return out, err
}

func holder(ctx context.Context) app.Holder {
	person := authn.FromContext(ctx).Person
	return app.Holder{SessionID: person.SessionID, UserID: person.UserID}
}

func answerFromProto(field string, in *identityv1.PasskeyAnswer) (app.PasskeyAnswer, error) {
	var read fields.Reader
	return app.PasskeyAnswer{
		ChallengeID: read.ID("chl", field+".challenge_id", in.GetChallengeId()),
		Answer:      []byte(in.GetCredentialJson()),
	}, read.Err()
}

func challengeToProto(a app.Asked) *identityv1.PasskeyChallenge {
	return &identityv1.PasskeyChallenge{
		Id: a.ID.Text("chl"), OptionsJson: string(a.Options), ExpireTime: timestamppb.New(a.ExpireTime),
	}
}
