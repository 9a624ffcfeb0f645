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
	var f fields.Reader
	organization := f.ID("org", "organization_id", req.GetOrganizationId())
	user := f.ID("usr", "user_id", req.GetUserId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.ResolveContextResponse) error {
		return s.DB.InTenant(ctx, organization, func(ctx context.Context, tx pg.Tx) error {
			place, err := postgres.FindPlace(ctx, tx, organization, user)
			if errors.Is(err, pg.ErrNoRows) {
				return fault.New(reasonv1.Reason_REASON_NOT_A_MEMBER)
			}
			*resp = &membershipv1.ResolveContextResponse{Context: contextToProto(place)}
			return err
		})
	})
}

// ListApprovers lists who may answer consent requests now.
func (s *Members) ListApprovers(
	ctx context.Context, req *membershipv1.ListApproversRequest,
) (*membershipv1.ListApproversResponse, error) {
	var f fields.Reader
	organization := f.ID("org", "organization_id", req.GetOrganizationId())
	partner := f.Optional("org", "excluding_members_of", req.GetExcludingMembersOf())
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.ListApproversResponse) error {
		return s.DB.InSystem(ctx, "approvers", func(ctx context.Context, tx pg.Tx) error {
			list, err := postgres.ListApprovers(ctx, tx, organization, partner)
			*resp = &membershipv1.ListApproversResponse{Approvers: all(list, approverToProto)}
			return err
		})
	})
}

// CheckApprover answers whether one person may answer now.
func (s *Members) CheckApprover(
	ctx context.Context, req *membershipv1.CheckApproverRequest,
) (*membershipv1.CheckApproverResponse, error) {
	var f fields.Reader
	user := f.ID("usr", "user_id", req.GetUserId())
	organization := f.ID("org", "organization_id", req.GetOrganizationId())
	partner := f.ID("org", "partner_id", req.GetPartnerId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.CheckApproverResponse) error {
		return s.DB.InSystem(ctx, "approvers", func(ctx context.Context, tx pg.Tx) error {
			a, err := postgres.FindApprover(ctx, tx, organization, partner, user)
			*resp = &membershipv1.CheckApproverResponse{
				Approver:        a.MayAnswer(),
				Administrator:   a.Membership.Offer.Role.HoldsAll(),
				Owner:           a.Membership.Offer.Role == domain.Owner,
				MemberOfPartner: a.OfPartner,
				Email:           a.Membership.Person.Email,
				GivenName:       a.Membership.GivenName,
				FamilyName:      a.Membership.FamilyName,
			}
			return err
		})
	})
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
