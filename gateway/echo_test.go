package gateway_test

import (
	"context"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/token"
)

// arrival is a call as a service saw it.
type arrival struct {
	metadata metadata.MD
	request  proto.Message
}

type identityEcho struct {
	identityv1.UnimplementedAuthServiceServer
	identityv1.UnimplementedUserServiceServer
	identityv1.UnimplementedTokenServiceServer
	bundle  *bundle
	live    token.Token
	over    atomic.Bool // the live session, too
	arrived chan arrival
}

type consentEcho struct {
	consentv1.UnimplementedConsentServiceServer
	consentv1.UnimplementedHistoryServiceServer
	arrived chan arrival
}

func note(ctx context.Context, to chan arrival, request proto.Message) {
	md, _ := metadata.FromIncomingContext(ctx)
	to <- arrival{metadata: md.Copy(), request: request}
}

func (e *identityEcho) session() *identityv1.Session {
	return &identityv1.Session{UserId: e.bundle.user.Text("usr"), ExpireTime: timestamppb.New(time.Now().Add(time.Hour))}
}

func (e *identityEcho) SignIn(ctx context.Context, in *identityv1.SignInRequest) (*identityv1.SignInResponse, error) {
	if in.GetPassword() != "correct horse battery" {
		return nil, fault.New(reasonv1.Reason_REASON_CREDENTIALS_REFUSED)
	}
	note(ctx, e.arrived, in)
	return &identityv1.SignInResponse{SessionToken: e.live.String(), Session: e.session()}, nil
}

func (e *identityEcho) SignOut(context.Context, *identityv1.SignOutRequest) (*identityv1.SignOutResponse, error) {
	return &identityv1.SignOutResponse{}, nil
}

func (e *identityEcho) ResolveSession(_ context.Context, in *identityv1.ResolveSessionRequest) (*identityv1.ResolveSessionResponse, error) {
	if in.GetSessionToken() != e.live.String() || e.over.Load() {
		return nil, fault.New(reasonv1.Reason_REASON_SESSION_EXPIRED)
	}
	s := e.session()
	s.OrganizationId = e.bundle.organization.Text("org")
	bearer, err := e.bundle.sign(e.bundle.organization)
	if err != nil {
		return nil, err
	}
	return &identityv1.ResolveSessionResponse{AccessToken: bearer, Session: s, User: &identityv1.User{Locale: "fr"}}, nil
}

func (e *identityEcho) GetMe(ctx context.Context, in *identityv1.GetMeRequest) (*identityv1.GetMeResponse, error) {
	note(ctx, e.arrived, in)
	return &identityv1.GetMeResponse{User: &identityv1.User{Id: e.bundle.user.Text("usr")}}, nil
}

func (e *identityEcho) GetJwks(context.Context, *identityv1.GetJwksRequest) (*identityv1.GetJwksResponse, error) {
	return &identityv1.GetJwksResponse{JwksJson: `{"keys":[]}`}, nil
}

func (e *identityEcho) RedeemSupportCode(ctx context.Context, in *identityv1.RedeemSupportCodeRequest) (*identityv1.RedeemSupportCodeResponse, error) {
	if in.GetCode() != "good" {
		return nil, fault.New(reasonv1.Reason_REASON_CODE_INVALID)
	}
	note(ctx, e.arrived, in)
	return &identityv1.RedeemSupportCodeResponse{Token: supportToken()}, nil
}

func (e *identityEcho) RenewSupportToken(ctx context.Context, in *identityv1.RenewSupportTokenRequest) (*identityv1.RenewSupportTokenResponse, error) {
	note(ctx, e.arrived, in)
	return &identityv1.RenewSupportTokenResponse{Token: supportToken()}, nil
}

func supportToken() *identityv1.SupportToken {
	return &identityv1.SupportToken{
		AccessToken:       "header.claims.signature",
		AccountName:       "Moulin SARL",
		SupportSessionId:  id.New().Text("sup"),
		ExpireTime:        timestamppb.New(time.Now().Add(5 * time.Minute)),
		SessionExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
	}
}

func (e *consentEcho) ApproveByLink(ctx context.Context, in *consentv1.ApproveByLinkRequest) (*consentv1.ApproveByLinkResponse, error) {
	note(ctx, e.arrived, in)
	return &consentv1.ApproveByLinkResponse{Consent: &consentv1.Consent{}}, nil
}

func (e *consentEcho) ListConsents(ctx context.Context, in *consentv1.ListConsentsRequest) (*consentv1.ListConsentsResponse, error) {
	note(ctx, e.arrived, in)
	return &consentv1.ListConsentsResponse{}, nil
}

// ListHistory has two pages, of an entry each.
func (e *consentEcho) ListHistory(ctx context.Context, in *consentv1.ListHistoryRequest) (*consentv1.ListHistoryResponse, error) {
	note(ctx, e.arrived, in)
	entry := &consentv1.HistoryEntry{
		Time: timestamppb.New(time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)), ActorName: `=HYPERLINK("https://evil.test")`,
		Action: "updated", Sentence: "Camille, \"CM\"\nchanged", Outcome: consentv1.Outcome_OUTCOME_DONE,
	}
	if in.GetPageToken() == "" {
		return &consentv1.ListHistoryResponse{Entries: []*consentv1.HistoryEntry{entry}, NextPageToken: "second"}, nil
	}
	return &consentv1.ListHistoryResponse{Entries: []*consentv1.HistoryEntry{entry}}, nil
}
