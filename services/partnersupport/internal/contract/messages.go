package contract

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
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
		State:        v1.CollaboratorState(v1.CollaboratorState_value["COLLABORATOR_STATE_"+string(c.State)]),
		CreateTime:   timestamppb.New(c.CreateTime),
	}
}

// DossierToProto gives a dossier with its live assignments.
func DossierToProto(d domain.Dossier, live []postgres.AssignmentView) *v1.Dossier {
	return &v1.Dossier{
		Id:                       d.ID.Text(Dossier),
		PartnerId:                d.PartnerID.Text(Organization),
		ClientId:                 d.ClientID.Text(Organization),
		ClientName:               d.ClientName,
		ClientRegistrationNumber: d.ClientRegistrationNumber,
		State:                    v1.DossierState(v1.DossierState_value["DOSSIER_STATE_"+string(d.State)]),
		CreateTime:               timestamppb.New(d.CreateTime),
		Assignments:              Each(live, AssignmentViewToProto),
	}
}

// AssignmentViewToProto gives an assignment out of a list.
func AssignmentViewToProto(a postgres.AssignmentView) *v1.Assignment {
	return AssignmentToProto(a.Assignment, a.CollaboratorName)
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
		State:            v1.AssignmentState(v1.AssignmentState_value["ASSIGNMENT_STATE_"+string(a.State)]),
		EndReason:        endReasonToProto(a.EndReason),
		CreateTime:       timestamppb.New(a.CreateTime),
		ExpireTime:       optionalTime(a.ExpireTime),
		EndTime:          optionalTime(a.EndTime),
	}
}

func endReasonToProto(r domain.EndReason) v1.AssignmentEndReason {
	return v1.AssignmentEndReason(v1.AssignmentEndReason_value["ASSIGNMENT_END_REASON_"+string(r)])
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

// PartnerRoleToProto gives a staff role.
func PartnerRoleToProto(r domain.PartnerRole) membershipv1.PartnerRole {
	return membershipv1.PartnerRole(membershipv1.PartnerRole_value["PARTNER_ROLE_"+string(r)])
}

// PartnerRoleFromProto reads a staff role; empty for none.
func PartnerRoleFromProto(r membershipv1.PartnerRole) domain.PartnerRole {
	switch r {
	case membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT:
		return domain.TechnicalSupport
	case membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT:
		return domain.Accountant
	case membershipv1.PartnerRole_PARTNER_ROLE_UNSPECIFIED:
	}
	return ""
}

// CollaboratorStateFromProto reads a filter; empty for all.
func CollaboratorStateFromProto(s v1.CollaboratorState) domain.CollaboratorState {
	switch s {
	case v1.CollaboratorState_COLLABORATOR_STATE_INVITED:
		return domain.Invited
	case v1.CollaboratorState_COLLABORATOR_STATE_READY:
		return domain.Ready
	case v1.CollaboratorState_COLLABORATOR_STATE_LEFT:
		return domain.Left
	case v1.CollaboratorState_COLLABORATOR_STATE_UNSPECIFIED:
	}
	return ""
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

// Each converts a list.
func Each[In, Out any](list []In, convert func(In) Out) []Out {
	out := make([]Out, len(list))
	for i, in := range list {
		out[i] = convert(in)
	}
	return out
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
