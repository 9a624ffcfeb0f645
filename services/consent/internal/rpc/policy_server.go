package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// PolicyServer implements aval.consent.v1.ConsentPolicyService.
type PolicyServer struct {
	consentv1.UnimplementedConsentPolicyServiceServer
	deps app.Deps
}

// NewPolicyServer makes the server.
func NewPolicyServer(deps app.Deps) *PolicyServer { return &PolicyServer{deps: deps} }

// GetConsentPolicy answers a client's choices.
func (s *PolicyServer) GetConsentPolicy(ctx context.Context, _ *consentv1.GetConsentPolicyRequest) (*consentv1.GetConsentPolicyResponse, error) {
	p, err := app.Policy{Deps: s.deps}.Of(ctx, authn.FromContext(ctx).Person.OrganizationID)
	if err != nil {
		return nil, err
	}
	return &consentv1.GetConsentPolicyResponse{Policy: policyToProto(p)}, nil
}

// UpdateConsentPolicy replaces them.
func (s *PolicyServer) UpdateConsentPolicy(ctx context.Context, req *consentv1.UpdateConsentPolicyRequest) (*consentv1.UpdateConsentPolicyResponse, error) {
	person := authn.FromContext(ctx).Person
	key := idempotency.KeyOf(ctx, consentv1.ConsentPolicyService_UpdateConsentPolicy_FullMethodName, req)
	p := domain.Policy{
		ClientID: person.OrganizationID, InactivityDays: int(req.GetPolicy().GetInactivityDays()),
		ReconfirmDays: int(req.GetPolicy().GetReconfirmDays()), SecondFactor: req.GetPolicy().GetSecondFactor(),
		NoVisitMails: req.GetPolicy().GetNoVisitMails(), NoDailyDigest: req.GetPolicy().GetNoDailyDigest(), NoLedgerMails: req.GetPolicy().GetNoLedgerMails(),
	}
	if err := (app.Policy{Deps: s.deps}).Change(ctx, p, person.UserID, key); err != nil {
		return nil, err
	}
	return &consentv1.UpdateConsentPolicyResponse{Policy: policyToProto(p)}, nil
}

// ConfirmConsent keeps an access going.
func (s *PolicyServer) ConfirmConsent(ctx context.Context, req *consentv1.ConfirmConsentRequest) (*consentv1.ConfirmConsentResponse, error) {
	key := keyOf(ctx, consentv1.ConsentPolicyService_ConfirmConsent_FullMethodName, req)
	who, err := signedIn(ctx, req.GetConsentId(), req.GetEvidence(), key)
	if err != nil {
		return nil, err
	}
	r, err := app.Confirm{Deps: s.deps}.Do(ctx, who)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.ConfirmConsentResponse{Consent: consentToProto(r, s.deps.Clock.Now())}, nil
}

func policyToProto(p domain.Policy) *consentv1.ConsentPolicy {
	return &consentv1.ConsentPolicy{
		InactivityDays: int32(p.InactivityDays), ReconfirmDays: int32(p.ReconfirmDays), SecondFactor: p.SecondFactor,
		NoVisitMails: p.NoVisitMails, NoDailyDigest: p.NoDailyDigest, NoLedgerMails: p.NoLedgerMails,
	}
}
