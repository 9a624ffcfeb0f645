package contract

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// ProductToProto gives a product.
func ProductToProto(p domain.Product) *v1.Product {
	return &v1.Product{
		Id:       p.ID.Text(Product),
		Name:     p.Name,
		EnterUrl: p.EnterURL,
		Audience: p.Audience,
		SpiffeId: p.SpiffeID,
	}
}

// CollaboratorToProto gives a collaborator.
func CollaboratorToProto(c domain.Collaborator) *v1.Collaborator {
	return &v1.Collaborator{
		Id:           c.ID.Text(Collaborator),
		PartnerId:    c.PartnerID.Text(Organization),
		UserId:       c.UserID.Text(User),
		InvitationId: c.InvitationID.Text(Invitation),
		GivenName:    c.GivenName,
		FamilyName:   c.FamilyName,
		Email:        c.Email,
		PartnerRole:  PartnerRoleToProto(c.PartnerRole),
		State:        fields.Enum[v1.CollaboratorState](c.State, "COLLABORATOR_STATE_"),
		CreateTime:   timestamppb.New(c.CreateTime),
		SuspendTime:  optionalTime(c.SuspendTime),
	}
}

// CollaboratorViewToProto gives a collaborator out of a list.
func CollaboratorViewToProto(v postgres.CollaboratorView) *v1.Collaborator {
	return TaggedToProto(v.Collaborator, v.Tag())
}

// DossierToProto gives a dossier with its live assignments.
func DossierToProto(d domain.Dossier, live []postgres.AssignmentView) *v1.Dossier {
	return &v1.Dossier{
		Id:                       d.ID.Text(Dossier),
		PartnerId:                d.PartnerID.Text(Organization),
		ClientId:                 d.ClientID.Text(Organization),
		ClientName:               d.ClientName,
		ClientRegistrationNumber: d.ClientRegistrationNumber,
		State:                    fields.Enum[v1.DossierState](d.State, "DOSSIER_STATE_"),
		CreateTime:               timestamppb.New(d.CreateTime),
		Assignments:              fields.Each(live, AssignmentViewToProto),
	}
}

// AssignmentViewToProto gives an assignment out of a list.
func AssignmentViewToProto(a postgres.AssignmentView) *v1.Assignment {
	out := AssignmentToProto(a.Assignment, a.CollaboratorName)
	out.ClientName = a.ClientName
	return out
}

// AssignmentToProto gives an assignment.
func AssignmentToProto(a domain.Assignment, collaboratorName string) *v1.Assignment {
	return &v1.Assignment{
		Id:               a.ID.Text(Assignment),
		PartnerId:        a.PartnerID.Text(Organization),
		DossierId:        a.DossierID.Text(Dossier),
		CollaboratorId:   a.CollaboratorID.Text(Collaborator),
		CollaboratorName: collaboratorName,
		ConsentId:        a.ConsentID.Text(Consent),
		State:            fields.Enum[v1.AssignmentState](a.State, "ASSIGNMENT_STATE_"),
		EndReason:        endReasonToProto(a.EndReason),
		CreateTime:       timestamppb.New(a.CreateTime),
		ExpireTime:       optionalTime(a.ExpireTime),
		EndTime:          optionalTime(a.EndTime),
		PredecessorId:    a.PredecessorID.Text(Assignment),
		RequestMailTime:  optionalTime(a.MailTime),
		UnreachableTime:  unreachable(a),
	}
}

// unreachable is told of what still waits for an answer alone.
func unreachable(a domain.Assignment) *timestamppb.Timestamp {
	if a.State != domain.PendingConsent {
		return nil
	}
	return optionalTime(a.UnreachableTime)
}

func endReasonToProto(r domain.EndReason) v1.AssignmentEndReason {
	return fields.Enum[v1.AssignmentEndReason](r, "ASSIGNMENT_END_REASON_")
}

// SessionToProto gives a visit.
func SessionToProto(s domain.SupportSession) *v1.SupportSession {
	return &v1.SupportSession{
		Id:             s.ID.Text(Session),
		PartnerId:      s.PartnerID.Text(Organization),
		DossierId:      s.DossierID.Text(Dossier),
		ClientId:       s.ClientID.Text(Organization),
		CollaboratorId: s.CollaboratorID.Text(Collaborator),
		ProductId:      s.ProductID.Text(Product),
		Reason:         s.Reason,
		StartTime:      timestamppb.New(s.StartTime),
		ExpireTime:     timestamppb.New(s.ExpireTime),
		EndTime:        optionalTime(s.EndTime),
	}
}

// SessionViewToProto gives a visit out of a list.
func SessionViewToProto(v postgres.SessionView) *v1.SupportSession {
	out := SessionToProto(v.SupportSession)
	out.CollaboratorTag = TagKindToProto(v.CollaboratorTag)
	return out
}

// ReceiptToProto gives what a revocation ended, and when.
func ReceiptToProto(r domain.Receipt, complete time.Time) *v1.RevocationReceipt {
	return &v1.RevocationReceipt{
		Assignments:     r.Assignments,
		Requests:        r.Requests,
		Grants:          r.Grants,
		SupportSessions: r.SupportSessions,
		BrowserSessions: r.BrowserSessions,
		CompleteTime:    timestamppb.New(complete),
	}
}

// ReceiptFromProto reads the counts of a receipt.
func ReceiptFromProto(r *v1.RevocationReceipt) domain.Receipt {
	return domain.Receipt{
		Assignments:     r.GetAssignments(),
		Requests:        r.GetRequests(),
		Grants:          r.GetGrants(),
		SupportSessions: r.GetSupportSessions(),
		BrowserSessions: r.GetBrowserSessions(),
	}
}

// PartnerRoleToProto gives a staff role.
func PartnerRoleToProto(r domain.PartnerRole) membershipv1.PartnerRole {
	return fields.Enum[membershipv1.PartnerRole](r, "PARTNER_ROLE_")
}

// PartnerRoleFromProto reads a staff role; empty for none.
func PartnerRoleFromProto(r membershipv1.PartnerRole) domain.PartnerRole {
	return domain.PartnerRole(fields.Word(r, "PARTNER_ROLE_"))
}

// CollaboratorStateFromProto reads a filter; empty for all.
func CollaboratorStateFromProto(s v1.CollaboratorState) domain.CollaboratorState {
	return domain.CollaboratorState(fields.Word(s, "COLLABORATOR_STATE_"))
}

func optionalTime(t *time.Time) *timestamppb.Timestamp {
	if t == nil {
		return nil
	}
	return timestamppb.New(*t)
}

// OptionalTime reads a time that may be absent.
func OptionalTime(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	out := t.AsTime()
	return &out
}

// CheckedSession gives what a token says about a visit.
func CheckedSession(d postgres.SessionDetails) *v1.CheckSessionResponse {
	person := domain.Collaborator{GivenName: d.GivenName, FamilyName: d.FamilyName}
	return &v1.CheckSessionResponse{
		SupportSession:   SessionToProto(d.SupportSession),
		UserId:           d.UserID.Text(User),
		CollaboratorName: person.Name(),
		PartnerName:      d.PartnerName,
		ClientName:       d.ClientName,
		GrantId:          d.GrantID.Text(Grant),
		ConsentId:        d.ConsentID.Text(Consent),
		Product: ProductToProto(domain.Product{
			ID: d.ProductID, Name: d.ProductName, EnterURL: d.EnterURL, Audience: d.Audience, SpiffeID: d.SpiffeID,
		}),
	}
}
