// Package enum converts between the words of the domain and the numbers of the
// wire. The names are the same but for the wire's prefix, so that the empty
// word and UNSPECIFIED are each other's image.
package enum

import (
	"maps"
	"slices"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Role of the wire.
func Role(r domain.Role) membershipv1.Role {
	return membershipv1.Role(membershipv1.Role_value["ROLE_"+string(r)])
}

// RoleWord of the domain.
func RoleWord(r membershipv1.Role) domain.Role { return domain.Role(fields.Word(r, "ROLE_")) }

// PartnerRole of the wire.
func PartnerRole(r domain.PartnerRole) membershipv1.PartnerRole {
	return membershipv1.PartnerRole(membershipv1.PartnerRole_value["PARTNER_ROLE_"+string(r)])
}

// PartnerRoleWord of the domain.
func PartnerRoleWord(r membershipv1.PartnerRole) domain.PartnerRole {
	return domain.PartnerRole(fields.Word(r, "PARTNER_ROLE_"))
}

// Kind of the wire.
func Kind(k domain.OrganizationKind) membershipv1.OrganizationKind {
	return membershipv1.OrganizationKind(membershipv1.OrganizationKind_value["ORGANIZATION_KIND_"+string(k)])
}

// KindWord of the domain.
func KindWord(k membershipv1.OrganizationKind) domain.OrganizationKind {
	return domain.OrganizationKind(fields.Word(k, "ORGANIZATION_KIND_"))
}

// OrganizationState of the wire.
func OrganizationState(s domain.OrganizationState) membershipv1.OrganizationState {
	return membershipv1.OrganizationState(membershipv1.OrganizationState_value["ORGANIZATION_STATE_"+string(s)])
}

// InvitationState of the wire.
func InvitationState(s domain.InvitationState) membershipv1.InvitationState {
	return membershipv1.InvitationState(membershipv1.InvitationState_value["INVITATION_STATE_"+string(s)])
}

// InvitationStateWord of the domain.
func InvitationStateWord(s membershipv1.InvitationState) domain.InvitationState {
	return domain.InvitationState(fields.Word(s, "INVITATION_STATE_"))
}

// WarningKind of the wire.
func WarningKind(k domain.WarningKind) membershipv1.InvitationWarningKind {
	return membershipv1.InvitationWarningKind(membershipv1.InvitationWarningKind_value["INVITATION_WARNING_KIND_"+string(k)])
}

// Diagnosis of the wire.
func Diagnosis(d domain.Diagnosis) membershipv1.InvitationDiagnosis {
	return membershipv1.InvitationDiagnosis(membershipv1.InvitationDiagnosis_value["INVITATION_DIAGNOSIS_"+string(d)])
}

// Outcome of the wire.
func Outcome(word string) membershipv1.InvitationOutcome {
	return membershipv1.InvitationOutcome(membershipv1.InvitationOutcome_value["INVITATION_OUTCOME_"+word])
}

// Denial of the wire.
func Denial(d domain.Denial) membershipv1.DenyReason {
	return membershipv1.DenyReason(membershipv1.DenyReason_value["DENY_REASON_"+string(d)])
}

// Source of the wire.
func Source(s domain.Source) membershipv1.AccessSource {
	return membershipv1.AccessSource(membershipv1.AccessSource_value["ACCESS_SOURCE_"+string(s)])
}

// Level of the wire: the numbers are the same.
func Level(l domain.Level) authzv1.Level { return authzv1.Level(l) }

// LevelWord of the domain.
func LevelWord(l authzv1.Level) domain.Level { return domain.Level(l) }

// Rights of the wire, by path.
func Rights(r domain.Rights) []*membershipv1.FeatureRight {
	out := make([]*membershipv1.FeatureRight, 0, len(r))
	for _, path := range slices.Sorted(maps.Keys(r)) {
		out = append(out, &membershipv1.FeatureRight{Feature: path, Level: Level(r[path])})
	}
	return out
}
