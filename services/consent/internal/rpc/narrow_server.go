package rpc

import (
	"context"
	"errors"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// NarrowConsent leaves less of an access.
func (s *ConsentServer) NarrowConsent(ctx context.Context, req *consentv1.NarrowConsentRequest) (*consentv1.NarrowConsentResponse, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	less := app.Less{
		ClientID:  person.OrganizationID,
		ConsentID: read.ID("cns", "consent_id", req.GetConsentId()),
		Narrowing: domain.Narrowing{
			Rights: rightsFromProto(req.GetRights()),
			By:     domain.Actor{Party: domain.ByClient, ID: person.UserID, Name: person.Name},
		},
		Key: idempotency.KeyOf(ctx, consentv1.ConsentService_NarrowConsent_FullMethodName, req),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	if t := req.GetExpireTime(); t != nil {
		less.Until = t.AsTime().Truncate(time.Microsecond)
	}
	r, err := app.Narrow{Deps: s.deps}.Do(ctx, less)
	if errors.Is(err, domain.DurationOutOfRange) {
		return nil, fault.Invalid("expire_time", "timestamp.nearer")
	}
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.NarrowConsentResponse{Consent: consentToProto(r, s.deps.Clock.Now())}, nil
}
