package rpc

import (
	"context"
	"encoding/hex"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/token"
)

// ApproveByLink says yes by the mailed link.
func (s *ConsentServer) ApproveByLink(ctx context.Context, req *consentv1.ApproveByLinkRequest) (*consentv1.ApproveByLinkResponse, error) {
	key := keyOf(ctx, consentv1.ConsentService_ApproveByLink_FullMethodName, req)
	who, err := s.byLink(ctx, req, key)
	if err != nil {
		return nil, err
	}
	consent, err := s.approve(ctx, who, req.GetAnswer())
	return &consentv1.ApproveByLinkResponse{Consent: consent}, err
}

// ApproveConsent says yes, signed in.
func (s *ConsentServer) ApproveConsent(ctx context.Context, req *consentv1.ApproveConsentRequest) (*consentv1.ApproveConsentResponse, error) {
	key := keyOf(ctx, consentv1.ConsentService_ApproveConsent_FullMethodName, req)
	who, err := signedIn(ctx, req.GetConsentId(), req.GetEvidence(), key)
	if err != nil {
		return nil, err
	}
	consent, err := s.approve(ctx, who, req.GetAnswer())
	return &consentv1.ApproveConsentResponse{Consent: consent}, err
}

// DeclineByLink says no, or not now, by the mailed link.
func (s *ConsentServer) DeclineByLink(ctx context.Context, req *consentv1.DeclineByLinkRequest) (*consentv1.DeclineByLinkResponse, error) {
	key := keyOf(ctx, consentv1.ConsentService_DeclineByLink_FullMethodName, req)
	who, err := s.byLink(ctx, req, key)
	if err != nil {
		return nil, err
	}
	consent, err := s.decline(ctx, denialFromProto(who, req))
	return &consentv1.DeclineByLinkResponse{Consent: consent}, err
}

// DeclineConsent says no, or not now, signed in.
func (s *ConsentServer) DeclineConsent(ctx context.Context, req *consentv1.DeclineConsentRequest) (*consentv1.DeclineConsentResponse, error) {
	key := keyOf(ctx, consentv1.ConsentService_DeclineConsent_FullMethodName, req)
	who, err := signedIn(ctx, req.GetConsentId(), req.GetEvidence(), key)
	if err != nil {
		return nil, err
	}
	consent, err := s.decline(ctx, denialFromProto(who, req))
	return &consentv1.DeclineConsentResponse{Consent: consent}, err
}

// opener names a request behind a link.
type opener interface {
	GetToken() string
	GetConsentId() string
}

// open finds the request that is meant.
func (s *ConsentServer) open(ctx context.Context, req opener) (postgres.Link, error) {
	var read fields.Reader
	named := read.Optional("cns", "consent_id", req.GetConsentId())
	if read.Err() != nil {
		return postgres.Link{}, read.Err()
	}
	return s.deps.OpenRequest(ctx, req.GetToken(), named)
}

// linked is an answer by link.
type linked interface {
	opener
	GetDevice() string
	GetEvidence() *consentv1.Evidence
}

// byLink is the recipient of the link. A browser signed in somewhere brings
// that organisation along, by the edge or by a token.
func (s *ConsentServer) byLink(ctx context.Context, req linked, key idempotency.Key) (app.Respond, error) {
	seen := req.GetEvidence()
	link, err := s.open(ctx, req)
	if err != nil {
		return app.Respond{}, err
	}
	key.Tenant, key.Principal = link.ClientID, hex.EncodeToString(link.Hash)
	who := app.Respond{
		ClientID: link.ClientID, ConsentID: link.ConsentID, UserID: link.RecipientID,
		DepartureID: link.DepartureID, Via: domain.EmailLink, Network: seen.GetNetwork(), Agent: seen.GetAgent(), Key: key,
	}
	if device, err := token.Parse(token.Device, req.GetDevice()); err == nil {
		who.Device = device.Hash()
	}
	var read fields.Reader
	who.SessionOrganizationID = sessionOf(ctx, &read, seen)
	return who, read.Err()
}

// sessionOf is where the browser is signed in, by a token or by the edge.
func sessionOf(ctx context.Context, read *fields.Reader, seen *consentv1.Evidence) id.ID {
	if person := authn.FromContext(ctx).Person; person != nil && !person.OrganizationID.IsZero() {
		return person.OrganizationID
	}
	return read.Optional("org", "evidence.session_organization_id", seen.GetSessionOrganizationId())
}

// signedIn is the person of the token, in the token's organisation.
func signedIn(ctx context.Context, consent string, seen *consentv1.Evidence, key idempotency.Key) (app.Respond, error) {
	person := authn.FromContext(ctx).Person
	if person == nil || person.Act != nil {
		return app.Respond{}, fault.NotFound()
	}
	var read fields.Reader
	who := app.Respond{
		ClientID: person.OrganizationID, UserID: person.UserID, Via: assuranceOf(*person),
		ConsentID:             read.ID("cns", "consent_id", consent),
		SessionOrganizationID: person.OrganizationID, Network: seen.GetNetwork(), Agent: seen.GetAgent(), Key: key,
	}
	return who, read.Err()
}

func assuranceOf(p authn.Person) domain.Assurance {
	if p.MultiFactor() {
		return domain.SessionMFA
	}
	return domain.Session
}

// keyOf leaves out what the edge saw: a repetition over another network is the
// same request.
func keyOf(ctx context.Context, method string, req proto.Message) idempotency.Key {
	body := proto.Clone(req)
	message := body.ProtoReflect()
	message.Clear(message.Descriptor().Fields().ByName("evidence"))
	return idempotency.KeyOf(ctx, method, body)
}

func (s *ConsentServer) approve(ctx context.Context, who app.Respond, a *consentv1.Answer) (*consentv1.Consent, error) {
	who.Overturn = a.GetOverturn()
	r, err := app.Approve{Deps: s.deps}.Do(ctx, app.Answer{
		Respond: who, Duration: durationFromProto(a), Start: fields.TimeOf(a.GetStartTime()).Truncate(time.Microsecond), Rights: rightsFromProto(a.GetRights()),
		TextHash: a.GetTextHash(), TextLocale: a.GetTextLocale(),
		Team: a.GetScope() == consentv1.ConsentScope_CONSENT_SCOPE_PARTNER_TEAM,
	})
	if err != nil {
		return nil, faultOf(err)
	}
	return consentToProto(r, s.deps.Clock.Now()), nil
}

// denied is a no of either way.
type denied interface {
	GetNotNow() bool
	GetBlock() bool
	GetRemindAfter() *durationpb.Duration
	GetReason() string
}

func denialFromProto(who app.Respond, req denied) app.Denial {
	out := app.Denial{Respond: who, NotNow: req.GetNotNow(), Reason: req.GetReason()}
	if out.NotNow {
		out.RemindAfter = req.GetRemindAfter().AsDuration()
	}
	out.Block = req.GetBlock() && !out.NotNow
	return out
}

func (s *ConsentServer) decline(ctx context.Context, n app.Denial) (*consentv1.Consent, error) {
	r, err := app.Decline{Deps: s.deps}.Do(ctx, n)
	if err != nil {
		return nil, faultOf(err)
	}
	return consentToProto(r, s.deps.Clock.Now()), nil
}
