package rpc

import (
	"context"
	"errors"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// mails answers notification.
type mails struct {
	notificationv1.UnimplementedMailSourceServiceServer
	base
}

func (s mails) PrepareMail(ctx context.Context, req *notificationv1.PrepareMailRequest) (*notificationv1.PrepareMailResponse, error) {
	event, err := mailed().Decode(req.GetSubject(), req.GetPayload())
	if errors.Is(err, bus.ErrUnknownSubject) {
		return &notificationv1.PrepareMailResponse{}, nil
	}
	if err != nil {
		return nil, fault.With(fault.Invalid("payload", "bytes.*"), fault.Cause(err))
	}
	mail, err := answer(app.PrepareMail{Deps: s.Deps}.Do(ctx, event))
	if err != nil || mail == nil {
		return &notificationv1.PrepareMailResponse{}, err
	}
	return &notificationv1.PrepareMailResponse{Mails: fields.Each(mail.To, func(to sibling.Recipient) *notificationv1.PreparedMail {
		return mailToProto(*mail, to)
	})}, nil
}

// mailed are the events that call for mails.
func mailed() *bus.Types {
	return bus.TypesOf(&v1.DossierRequested{}, &v1.DossierAccepted{}, &v1.DossierDeclined{}, &v1.DossierEnded{}, &v1.ReleaseRequested{}, &v1.CollaboratorEnteredUntagged{})
}

func mailToProto(m app.Mail, to sibling.Recipient) *notificationv1.PreparedMail {
	return &notificationv1.PreparedMail{
		RecipientRef: to.UserID.Text(contract.User), Address: to.Address, Locale: fault.Language(to.Locale), Template: m.Template,
		Variables: m.Variables, ActionPath: m.ActionPath, OrganizationId: m.OrganizationID.Text(contract.Organization),
		Reference: m.Reference, BrandPartnerId: m.Brand.Text(contract.Organization),
	}
}
