package rpc

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/wording"
)

func organizationToProto(o domain.Organization) *membershipv1.Organization {
	return &membershipv1.Organization{
		Id:   o.ID.Text("org"),
		Kind: enum.Kind(o.Kind),
		Identification: &membershipv1.Identification{
			LegalName:          o.Identification.LegalName,
			RegistrationNumber: o.Identification.RegistrationNumber,
			PostalAddress:      o.Identification.PostalAddress,
			ContactEmail:       o.Identification.ContactEmail,
			ContactPhone:       o.Identification.ContactPhone,
		},
		Locale:        o.Locale,
		Level1Support: o.Level1Support,
		State:         enum.OrganizationState(o.State),
		CreateTime:    timestamppb.New(o.CreateTime),
	}
}

func identificationFromProto(i *membershipv1.Identification) domain.Identification {
	return domain.Identification{
		LegalName:          i.GetLegalName(),
		RegistrationNumber: i.GetRegistrationNumber(),
		PostalAddress:      i.GetPostalAddress(),
		ContactEmail:       i.GetContactEmail(),
		ContactPhone:       i.GetContactPhone(),
	}
}

func memberToProto(m domain.Membership) *membershipv1.Member {
	return &membershipv1.Member{
		Id:             m.ID.Text("mbr"),
		OrganizationId: m.OrganizationID.Text("org"),
		UserId:         m.Person.UserID.Text("usr"),
		GivenName:      m.GivenName,
		FamilyName:     m.FamilyName,
		Email:          m.Person.Email,
		Role:           enum.Role(m.Offer.Role),
		PartnerRole:    enum.PartnerRole(m.Offer.PartnerRole),
		Rights:         enum.Rights(m.Offer.Rights),
		CreateTime:     timestamppb.New(m.CreateTime),
		EndTime:        fields.Time(endOf(m)),
		Phone:          m.Phone,
		State:          stateOf(m),
		Etag:           etagOf(m),
	}
}

// endOf is when the membership ended, or will.
func endOf(m domain.Membership) time.Time {
	if m.EndTime.IsZero() {
		return m.ValidUntil
	}
	return m.EndTime
}

func stateOf(m domain.Membership) membershipv1.MemberState {
	switch {
	case !m.EndTime.IsZero():
		return membershipv1.MemberState_MEMBER_STATE_ENDED
	case !m.SuspendTime.IsZero():
		return membershipv1.MemberState_MEMBER_STATE_SUSPENDED
	default:
		return membershipv1.MemberState_MEMBER_STATE_ACTIVE
	}
}

func invitationToProto(i domain.Invitation) *membershipv1.Invitation {
	return &membershipv1.Invitation{
		Id:             i.ID.Text("inv"),
		OrganizationId: i.OrganizationID.Text("org"),
		Email:          i.Invitee.Email,
		GivenName:      i.Invitee.GivenName,
		FamilyName:     i.Invitee.FamilyName,
		Role:           enum.Role(i.Offer.Role),
		PartnerRole:    enum.PartnerRole(i.Offer.PartnerRole),
		Rights:         enum.Rights(i.Offer.Rights),
		State:          enum.InvitationState(i.State),
		CreateTime:     timestamppb.New(i.CreateTime),
		ExpireTime:     timestamppb.New(i.ExpireTime),
		Generation:     i.Generation,

		MemberValidUntil: fields.Time(i.Offer.ValidUntil),
		RenewTime:        fields.Time(i.RenewTime),
	}
}

// invitedToProto is an invitation with what looks odd about it; one that is not
// stored has no id.
func invitedToProto(ctx context.Context, in app.Invited) *membershipv1.Invitation {
	out := invitationToProto(in.Invitation)
	for _, w := range in.Warnings {
		out.Warnings = append(out.Warnings, &membershipv1.InvitationWarning{
			Kind: enum.WarningKind(w.Kind), Email: w.Email, Message: wording.Warning(authn.FromContext(ctx).Locale, w),
		})
	}
	return out
}

func contextToProto(p domain.Place) *membershipv1.Context {
	out := &membershipv1.Context{
		Organization: organizationToProto(p.Organization),
		Role:         enum.Role(p.Membership.Offer.Role),
		PartnerRole:  enum.PartnerRole(p.Membership.Offer.PartnerRole),
		GivenName:    p.Membership.GivenName,
		FamilyName:   p.Membership.FamilyName,
		Interface:    membershipv1.Interface_INTERFACE_CLIENT,
	}
	if p.Contact {
		out.ContactId = p.Membership.ID.Text("cct")
		return out
	}
	out.MemberId = p.Membership.ID.Text("mbr")
	if p.Organization.Kind == domain.Partner {
		out.Interface = membershipv1.Interface_INTERFACE_PARTNER
	}
	return out
}

func featureToProto(f domain.Feature) *membershipv1.Feature {
	return &membershipv1.Feature{
		Path: f.Path, LabelFr: f.LabelFR, LabelEn: f.LabelEN,
		Sensitive: f.Sensitive, ExcludedFromGrants: f.Excluded, System: f.System, Apart: f.Apart,
		SinceVersion: f.SinceVersion, RetireTime: fields.Time(f.RetireTime),
	}
}

// rightsFromProto refuses a feature that is named twice.
func rightsFromProto(list []*membershipv1.FeatureRight) (domain.Rights, error) {
	out := make(domain.Rights, len(list))
	for _, right := range list {
		if _, twice := out[right.GetFeature()]; twice {
			return nil, fault.Invalid("rights", "repeated.unique")
		}
		out[right.GetFeature()] = enum.LevelWord(right.GetLevel())
	}
	return out, nil
}
