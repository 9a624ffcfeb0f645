package rpc

import (
	"context"
	"errors"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
)

// MailServer implements aval.notification.v1.MailSourceService for consent.
type MailServer struct {
	notificationv1.UnimplementedMailSourceServiceServer
	deps app.Deps
}

// NewMailServer makes the server.
func NewMailServer(deps app.Deps) *MailServer { return &MailServer{deps: deps} }

// PrepareMail answers the mails that one event of consent calls for.
func (s *MailServer) PrepareMail(ctx context.Context, req *notificationv1.PrepareMailRequest) (*notificationv1.PrepareMailResponse, error) {
	event, err := mailed().Decode(req.GetSubject(), req.GetPayload())
	if errors.Is(err, bus.ErrUnknownSubject) {
		return &notificationv1.PrepareMailResponse{}, nil
	}
	if err != nil {
		return nil, fault.With(fault.Invalid("payload", "bytes.*"), fault.Cause(err))
	}
	mails, err := app.PrepareMail{Deps: s.deps}.Do(ctx, event)
	if err != nil {
		return nil, faultOf(err)
	}
	return &notificationv1.PrepareMailResponse{Mails: fields.Each(mails, mailToProto)}, nil
}

// mailed are the events that call for mails.
func mailed() *bus.Types {
	return bus.TypesOf(
		&consentv1.ConsentRequested{}, &consentv1.ConsentReminded{}, &consentv1.ConsentRecalled{}, &consentv1.ConsentGiven{}, &consentv1.ConsentNarrowed{},
		&consentv1.ConsentRefused{}, &consentv1.ConsentEnded{}, &consentv1.ConsentCodeSent{},
		&consentv1.PartnerBlocked{}, &consentv1.ConsentUnreachable{}, &consentv1.ConsentPaused{}, &consentv1.ConsentConfirmationAsked{},
		&consentv1.ConsentEnding{}, &consentv1.ConsentAnniversary{}, &consentv1.RequestMailDeparted{},
		&consentv1.VisitNoted{}, &consentv1.VisitsSummed{}, &consentv1.SensitiveFeatureUsed{}, &consentv1.ConsentPartnerTried{},
		&consentv1.LedgerCheckpointSent{},
	)
}

func mailToProto(m app.Mail) *notificationv1.PreparedMail {
	return &notificationv1.PreparedMail{
		RecipientRef: m.RecipientID.Text("usr"), Address: m.Address, Locale: m.Locale, Template: m.Template,
		Variables: m.Variables, ActionPath: m.ActionPath, OrganizationId: m.OrganizationID.Text("org"),
		Reference: m.ConsentID.Text("cns"), BrandPartnerId: m.BrandID.Text("org"),
	}
}
