package rpc

import (
	"context"
	"errors"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// ResolveContext answers one context of a person.
func (s *Members) ResolveContext(
	ctx context.Context, req *membershipv1.ResolveContextRequest,
) (*membershipv1.ResolveContextResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	user := read.ID("usr", "user_id", req.GetUserId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InTenant(ctx, s.DB, organization,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.ResolveContextResponse, error) {
			place, err := postgres.FindPlace(ctx, tx, organization, user, req.GetIncludeContacts())
			if errors.Is(err, pg.ErrNoRows) {
				return nil, fault.New(reasonv1.Reason_REASON_NOT_A_MEMBER)
			}
			return &membershipv1.ResolveContextResponse{Context: contextToProto(place)}, err
		}))
}

// ListApprovers lists who may answer consent requests now.
func (s *Members) ListApprovers(
	ctx context.Context, req *membershipv1.ListApproversRequest,
) (*membershipv1.ListApproversResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	partner := read.Optional("org", "excluding_members_of", req.GetExcludingMembersOf())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InSystem(ctx, s.DB, "approvers",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.ListApproversResponse, error) {
			list, err := postgres.ListApprovers(ctx, tx, organization, partner)
			return &membershipv1.ListApproversResponse{Approvers: fields.Each(list, approverToProto)}, err
		}))
}

// CheckApprover answers whether one person may answer now.
func (s *Members) CheckApprover(
	ctx context.Context, req *membershipv1.CheckApproverRequest,
) (*membershipv1.CheckApproverResponse, error) {
	var read fields.Reader
	user := read.ID("usr", "user_id", req.GetUserId())
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	partner := read.ID("org", "partner_id", req.GetPartnerId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InSystem(ctx, s.DB, "approvers",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.CheckApproverResponse, error) {
			a, err := postgres.FindApprover(ctx, tx, organization, partner, user)
			return &membershipv1.CheckApproverResponse{
				Approver:        a.MayAnswer(),
				Administrator:   a.Membership.Offer.Role.HoldsAll(),
				Owner:           a.Membership.Offer.Role == domain.Owner,
				MemberOfPartner: a.OfPartner,
				Email:           a.Membership.Person.Email,
				GivenName:       a.Membership.GivenName,
				FamilyName:      a.Membership.FamilyName,
			}, err
		}))
}

func approverToProto(a domain.Approver) *membershipv1.Approver {
	return &membershipv1.Approver{
		UserId:     a.Membership.Person.UserID.Text("usr"),
		Email:      a.Membership.Person.Email,
		GivenName:  a.Membership.GivenName,
		FamilyName: a.Membership.FamilyName,
		Locale:     a.Membership.Person.Locale,
	}
}
