package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// InvalidationServer implements aval.consent.v1.InvalidationService.
type InvalidationServer struct {
	consentv1.UnimplementedInvalidationServiceServer
	deps app.Deps
}

// NewInvalidationServer makes the server.
func NewInvalidationServer(deps app.Deps) *InvalidationServer { return &InvalidationServer{deps: deps} }

// InvalidateConsent ends a yes for the platform.
func (s *InvalidationServer) InvalidateConsent(ctx context.Context, req *consentv1.InvalidateConsentRequest) (*consentv1.InvalidateConsentResponse, error) {
	var read fields.Reader
	i := app.Invalidation{
		ConsentID: read.ID("cns", "consent_id", req.GetConsentId()), Reason: oneLine(req.GetReason()),
		Key: idempotency.KeyOf(ctx, consentv1.InvalidationService_InvalidateConsent_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	r, ended, err := app.Invalidate{Deps: s.deps}.Do(ctx, i)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.InvalidateConsentResponse{
		Consent: consentToProto(r, s.deps.Clock.Now()), GrantsEnded: int32(ended.Grants), SupportSessionsEnded: int32(ended.Visits),
	}, nil
}
