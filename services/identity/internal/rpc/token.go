package rpc

import (
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
)

// Token serves TokenService.
type Token struct {
	identityv1.UnimplementedTokenServiceServer

	Keys   authn.KeySource
	Codes  app.SupportCodes
	Tokens app.SupportTokens
}

// GetJwks implements TokenService.
func (s *Token) GetJwks(ctx context.Context, _ *identityv1.GetJwksRequest) (*identityv1.GetJwksResponse, error) {
	set, err := s.Keys.Keys(ctx)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("writing the key set: %w", err)
	}
	return &identityv1.GetJwksResponse{JwksJson: string(text)}, nil
}

// MintSupportCode implements TokenService.
func (s *Token) MintSupportCode(
	ctx context.Context, req *identityv1.MintSupportCodeRequest,
) (*identityv1.MintSupportCodeResponse, error) {
	var read fields.Reader
	session := read.ID("sup", "support_session_id", req.GetSupportSessionId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	minted, err := s.Codes.Mint(ctx, session, req.GetProductSpiffeId())
	if err != nil {
		return nil, err
	}
	return &identityv1.MintSupportCodeResponse{
		Code:       minted.Code.String(),
		ExpireTime: timestamppb.New(minted.ExpireTime),
	}, nil
}

// RedeemSupportCode implements TokenService.
func (s *Token) RedeemSupportCode(
	ctx context.Context, req *identityv1.RedeemSupportCodeRequest,
) (*identityv1.RedeemSupportCodeResponse, error) {
	product, err := productOf(ctx, req.GetClientSpiffeId())
	if err != nil {
		return nil, err
	}
	out, err := s.Tokens.Redeem(ctx, req.GetCode(), product)
	if err != nil {
		return nil, err
	}
	return &identityv1.RedeemSupportCodeResponse{Token: supportTokenToProto(out)}, nil
}

// RenewSupportToken implements TokenService.
func (s *Token) RenewSupportToken(
	ctx context.Context, req *identityv1.RenewSupportTokenRequest,
) (*identityv1.RenewSupportTokenResponse, error) {
	product, err := productOf(ctx, req.GetClientSpiffeId())
	if err != nil {
		return nil, err
	}
	var read fields.Reader
	session := read.ID("sup", "support_session_id", req.GetSupportSessionId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := s.Tokens.Issue(ctx, session, product)
	if err != nil {
		return nil, err
	}
	return &identityv1.RenewSupportTokenResponse{Token: supportTokenToProto(out)}, nil
}

// productOf is the product that asks: the certificate's, or the one that the
// gateway saw. Nobody else may speak for a product.
func productOf(ctx context.Context, claimed string) (string, error) {
	caller := authn.FromContext(ctx)
	if caller.Class != authzv1.CallerClass_CALLER_CLASS_SERVICE || caller.Service != "gateway" {
		return caller.SPIFFE, nil
	}
	if claimed == "" {
		return "", fault.Invalid("client_spiffe_id", "required")
	}
	return claimed, nil
}
