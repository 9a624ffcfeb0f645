package rpc

import (
	"context"
	"errors"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Mail implements MailSourceService: what membership says by mail.
type Mail struct {
	notificationv1.UnimplementedMailSourceServiceServer
	DB      *pg.DB
	Prepare app.PrepareMail
}

// Templates of the mails.
const (
	templateInvitation   = "invitation"
	templateCollaborator = "collaborator_invitation" // R15
	templateContact      = "contact_invitation"      // R94, R101
)

// PrepareMail answers the mail of an invitation, or none: no other fact of
// membership calls for one.
func (s *Mail) PrepareMail(
	ctx context.Context, req *notificationv1.PrepareMailRequest,
) (*notificationv1.PrepareMailResponse, error) {
	link, generation, err := mailedInvitation(req)
	if err != nil {
		return nil, err
	}
	if link.InvitationID.IsZero() {
		return &notificationv1.PrepareMailResponse{}, nil
	}
	return answer(pg.InTenant(ctx, s.DB, link.OrganizationID,
		func(ctx context.Context, tx pg.Tx) (*notificationv1.PrepareMailResponse, error) {
			mail, err := s.Prepare.Do(ctx, tx, link, generation)
			return mailToProto(mail), err
		}))
}

// mailedInvitation reads the events that call for a mail; the zero link for
// all others.
func mailedInvitation(req *notificationv1.PrepareMailRequest) (postgres.Link, int32, error) {
	types := bus.TypesOf(&membershipv1.InvitationCreated{}, &membershipv1.InvitationRenewed{})
	fact, err := types.Decode(req.GetSubject(), req.GetPayload())
	if err != nil && !errors.Is(err, bus.ErrUnknownSubject) {
		return postgres.Link{}, 0, fault.With(fault.Invalid("payload", "bytes.*"), fault.Cause(err))
	}
	switch m := fact.(type) {
	case *membershipv1.InvitationCreated:
		link, err := linkFromProto(m.GetOrganizationId(), m.GetInvitationId())
		return link, 0, err
	case *membershipv1.InvitationRenewed:
		link, err := linkFromProto(m.GetOrganizationId(), m.GetInvitationId())
		return link, m.GetGeneration(), err
	}
	return postgres.Link{}, 0, nil
}

func linkFromProto(organization, invitation string) (postgres.Link, error) {
	var read fields.Reader
	return postgres.Link{
		OrganizationID: read.ID("org", "payload.organization_id", organization),
		InvitationID:   read.ID("inv", "payload.invitation_id", invitation),
	}, read.Err()
}

func mailToProto(m *app.InvitationMail) *notificationv1.PrepareMailResponse {
	if m == nil {
		return &notificationv1.PrepareMailResponse{}
	}
	i, org := m.Invitation, m.Organization
	return &notificationv1.PrepareMailResponse{Mails: []*notificationv1.PreparedMail{{
		RecipientRef:   i.ID.Text("inv"),
		Address:        i.Invitee.Email,
		Locale:         org.Locale,
		Template:       templateOf(i.Offer),
		Variables:      mailVariables(m),
		ActionPath:     "/i/" + m.Link.String(),
		OrganizationId: org.ID.Text("org"),
		Reference:      i.ID.Text("inv"),
	}}}
}

func templateOf(o domain.Offer) string {
	switch {
	case o.Role == domain.Contact:
		return templateContact
	case o.PartnerRole != domain.NoPartnerRole:
		return templateCollaborator
	default:
		return templateInvitation
	}
}

// mailVariables name who invites with all identification (R24), and to what.
// Roles are words of the contract: their labels are the templates'.
func mailVariables(m *app.InvitationMail) map[string]string {
	i, who := m.Invitation, m.Organization.Identification
	return map[string]string{
		"organization_name":   who.LegalName,
		"organization_kind":   string(m.Organization.Kind),
		"registration_number": who.RegistrationNumber,
		"postal_address":      who.PostalAddress,
		"contact_email":       who.ContactEmail,
		"contact_phone":       who.ContactPhone,
		"inviter_name":        m.InviterName,
		"given_name":          i.Invitee.GivenName,
		"family_name":         i.Invitee.FamilyName,
		"role":                string(i.Offer.Role),
		"partner_role":        string(i.Offer.PartnerRole),
		"expire_time":         i.ExpireTime.UTC().Format(time.RFC3339),
	}
}
