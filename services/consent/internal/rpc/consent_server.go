package rpc

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
)

// ConsentServer implements aval.consent.v1.ConsentService.
type ConsentServer struct {
	consentv1.UnimplementedConsentServiceServer
	deps  app.Deps
	reads postgres.Consents
	pages *page.Sealer
}

// NewConsentServer makes the server.
func NewConsentServer(deps app.Deps, pages *page.Sealer) *ConsentServer {
	return &ConsentServer{deps: deps, pages: pages}
}

// RequestConsent asks a client for one assignment.
func (s *ConsentServer) RequestConsent(ctx context.Context, req *consentv1.RequestConsentRequest) (*consentv1.RequestConsentResponse, error) {
	asked, err := requestFromProto(req)
	if err != nil {
		return nil, err
	}
	out, err := app.RequestConsent{Deps: s.deps}.Do(ctx, asked, req.GetUrgent())
	if errors.Is(err, domain.DurationOutOfRange) {
		return nil, fault.Invalid("proposed_duration", "duration.gte_lte")
	}
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.RequestConsentResponse{
		ConsentId: out.ConsentID.Text("cns"), Approvers: int32(out.Approvers), MailTime: fields.Time(out.MailTime),
	}, nil
}

// Remind mails a pending request again.
func (s *ConsentServer) Remind(ctx context.Context, req *consentv1.RemindRequest) (*consentv1.RemindResponse, error) {
	var read fields.Reader
	consent := read.ID("cns", "consent_id", req.GetConsentId())
	partner := read.ID("org", "partner_id", req.GetPartnerId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	remind := app.Remind{Deps: s.deps}
	out, err := remind.Do(ctx, partner, consent)
	if err != nil {
		return nil, faultOf(err)
	}
	nobody, err := remind.NobodyToAsk(ctx, partner, out)
	if err != nil {
		return nil, err
	}
	return &consentv1.RemindResponse{
		Reminded: out.Mailed, State: app.StateToProto(out.State), RetryTime: fields.Time(out.RetryTime), StartTime: fields.Time(out.StartTime), NobodyToAsk: nobody, Paused: out.Paused,
	}, nil
}

// LookupRequest answers the text and the choices behind a link.
func (s *ConsentServer) LookupRequest(ctx context.Context, req *consentv1.LookupRequestRequest) (*consentv1.LookupRequestResponse, error) {
	link, err := s.open(ctx, req)
	if err != nil {
		return nil, err
	}
	shown, err := app.Show{Deps: s.deps}.Do(ctx, app.Viewer{
		ClientID: link.ClientID, ConsentID: link.ConsentID, UserID: link.RecipientID, MustAnswer: true,
	})
	if err != nil {
		return nil, faultOf(err)
	}
	text := shown.Text(firstOf(req.GetLocale(), link.Locale))
	return &consentv1.LookupRequestResponse{
		Consent: consentToProto(shown.Record, shown.Now), Text: textToProto(text),
		RecipientGivenName: link.GivenName, MaxDuration: durationToProto(shown.Longest), MayOverturn: shown.MayOverturn,
	}, nil
}

// LookupConsent answers the text and the choices to the caller's organisation.
func (s *ConsentServer) LookupConsent(ctx context.Context, req *consentv1.LookupConsentRequest) (*consentv1.LookupConsentResponse, error) {
	caller := authn.FromContext(ctx)
	var read fields.Reader
	viewer := app.Viewer{
		ClientID: caller.Person.OrganizationID, UserID: caller.Person.UserID,
		ConsentID: read.ID("cns", "consent_id", req.GetConsentId()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	shown, err := app.Show{Deps: s.deps}.Do(ctx, viewer)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.LookupConsentResponse{
		Consent:     consentToProto(shown.Record, shown.Now),
		Text:        textToProto(shown.Text(firstOf(req.GetLocale(), caller.Locale))),
		MaxDuration: durationToProto(shown.Longest), MayOverturn: shown.MayOverturn,
	}, nil
}

func requestFromProto(req *consentv1.RequestConsentRequest) (domain.Record, error) {
	var read fields.Reader
	r := domain.Record{
		AssignmentID: read.ID("asg", "assignment_id", req.GetAssignmentId()),
		PartnerID:    read.ID("org", "partner_id", req.GetPartnerId()),
		ClientID:     read.ID("org", "client_id", req.GetClientId()),
		UserID:       read.ID("usr", "user_id", req.GetUserId()),
		RequesterID:  read.ID("usr", "requester_id", req.GetRequesterId()),
		ClientName:   oneLine(req.GetClientName()), ClientLocale: firstOf(req.GetClientLocale(), "fr"),
		ProductName: oneLine(req.GetProductName()), Partner: identificationFromProto(req.GetPartner()),
		GivenName: oneLine(req.GetGivenName()), FamilyName: oneLine(req.GetFamilyName()),
		Role: roleFromProto(req.GetPartnerRole()), Reason: oneLine(req.GetReason()),
		PredecessorID: read.Optional("cns", "predecessor_consent_id", req.GetPredecessorConsentId()),
		Offered:       req.GetOffered(),
	}
	r.Proposed = req.GetProposedDuration().AsDuration()
	if req.GetProposedLasting() {
		r.Proposed = domain.Lasting
	}
	return r, read.Err()
}

func durationToProto(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
