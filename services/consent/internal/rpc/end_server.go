package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// WithdrawConsent takes the yes back (R41).
func (s *ConsentServer) WithdrawConsent(ctx context.Context, req *consentv1.WithdrawConsentRequest) (*consentv1.WithdrawConsentResponse, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	w := app.Withdrawal{
		ClientID:  person.OrganizationID,
		ConsentID: read.ID("cns", "consent_id", req.GetConsentId()),
		Actor:     domain.Actor{Party: domain.ByClient, ID: person.UserID, Name: person.Name},
		Key:       idempotency.KeyOf(ctx, consentv1.ConsentService_WithdrawConsent_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	r, ended, err := app.Withdraw{Deps: s.deps}.Do(ctx, w)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.WithdrawConsentResponse{
		Consent:     consentToProto(r, s.deps.Clock.Now()),
		GrantsEnded: int32(ended.Grants), SupportSessionsEnded: int32(ended.Visits),
	}, nil
}

// WithdrawConsents takes every yes back, of one partner or of all (R41).
func (s *ConsentServer) WithdrawConsents(ctx context.Context, req *consentv1.WithdrawConsentsRequest) (*consentv1.WithdrawConsentsResponse, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	sweep := app.Sweep{
		ClientID:  person.OrganizationID,
		PartnerID: read.Optional("org", "partner_id", req.GetPartnerId()),
		Actor:     domain.Actor{Party: domain.ByClient, ID: person.UserID, Name: person.Name},
		Key:       idempotency.KeyOf(ctx, consentv1.ConsentService_WithdrawConsents_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := app.WithdrawAll{Deps: s.deps}.Do(ctx, sweep)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.WithdrawConsentsResponse{
		ConsentsWithdrawn: int32(out.Consents), GrantsEnded: int32(out.Grants), SupportSessionsEnded: int32(out.Visits),
	}, nil
}

// Terminate ends a consent from the partner's side.
func (s *ConsentServer) Terminate(ctx context.Context, req *consentv1.TerminateRequest) (*consentv1.TerminateResponse, error) {
	var read fields.Reader
	consent := read.ID("cns", "consent_id", req.GetConsentId())
	party := partyFromProto(&read, req)
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := app.Terminate{Deps: s.deps}.One(ctx, party, consent)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.TerminateResponse{
		RequestsCancelled: int32(out.RequestsCancelled),
		GrantsEnded:       int32(out.Grants), SupportSessionsEnded: int32(out.Visits),
	}, nil
}

// TerminateForSubject ends all that one person holds through one partner.
func (s *ConsentServer) TerminateForSubject(ctx context.Context, req *consentv1.TerminateForSubjectRequest) (*consentv1.TerminateForSubjectResponse, error) {
	var read fields.Reader
	user := read.ID("usr", "user_id", req.GetUserId())
	party := partyFromProto(&read, req)
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := app.Terminate{Deps: s.deps}.ForSubject(ctx, party, user)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.TerminateForSubjectResponse{
		RequestsCancelled: int32(out.RequestsCancelled),
		GrantsEnded:       int32(out.Grants), SupportSessionsEnded: int32(out.Visits),
	}, nil
}

// endsForPartner is a request that ends something from the partner's side.
type endsForPartner interface {
	GetPartnerId() string
	GetActorId() string
}

func partyFromProto(read *fields.Reader, req endsForPartner) app.Party {
	return app.Party{
		PartnerID: read.ID("org", "partner_id", req.GetPartnerId()),
		ActorID:   read.ID("usr", "actor_id", req.GetActorId()),
	}
}
