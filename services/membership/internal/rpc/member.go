package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Members implements MemberService for the members themselves.
type Members struct {
	membershipv1.UnimplementedMemberServiceServer
	DB    *pg.DB
	Pages *page.Sealer
	End   app.EndMembership
}

// ListMembers lists the members of an organisation.
func (s *Members) ListMembers(
	ctx context.Context, req *membershipv1.ListMembersRequest,
) (*membershipv1.ListMembersResponse, error) {
	var f fields.Reader
	organization := f.ID("org", "organization_id", req.GetOrganizationId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	return result(func(resp **membershipv1.ListMembersResponse) error {
		slice, err := sliceOf(asked)
		if err != nil {
			return err
		}
		var list []domain.Membership
		err = s.DB.InTenant(ctx, organization, func(ctx context.Context, tx pg.Tx) (err error) {
			list, err = postgres.ListMembers(ctx, tx, organization, slice)
			return err
		})
		if err != nil {
			return err
		}
		list, next, err := page.Cut(asked, list, func(m domain.Membership) []string { return page.KeyTimeID(m.CreateTime, m.ID) })
		*resp = &membershipv1.ListMembersResponse{Members: all(list, memberToProto), NextPageToken: next}
		return err
	})
}

// ListMyContexts lists where the person can go.
func (s *Members) ListMyContexts(
	ctx context.Context, req *membershipv1.ListMyContextsRequest,
) (*membershipv1.ListMyContextsResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	return result(func(resp **membershipv1.ListMyContextsResponse) error {
		slice, err := sliceOf(asked)
		if err != nil {
			return err
		}
		var list []domain.Place
		user := person(ctx).UserID
		err = s.DB.InUser(ctx, user, func(ctx context.Context, tx pg.Tx) (err error) {
			list, err = postgres.ListPlaces(ctx, tx, user, slice)
			return err
		})
		if err != nil {
			return err
		}
		list, next, err := page.Cut(asked, list, func(c domain.Place) []string { return page.KeyTimeID(c.Membership.CreateTime, c.Membership.ID) })
		*resp = &membershipv1.ListMyContextsResponse{Contexts: all(list, contextToProto), NextPageToken: next}
		return err
	})
}

// EndMembership ends a membership and the grants through it.
func (s *Members) EndMembership(
	ctx context.Context, req *membershipv1.EndMembershipRequest,
) (*membershipv1.EndMembershipResponse, error) {
	var f fields.Reader
	organization := f.ID("org", "organization_id", req.GetOrganizationId())
	user := f.ID("usr", "user_id", req.GetUserId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.EndMembershipResponse) error {
		return s.DB.InSystem(ctx, "membership.end", func(ctx context.Context, tx pg.Tx) error {
			end, err := s.End.Do(ctx, tx, organization, user)
			*resp = &membershipv1.EndMembershipResponse{Ended: end.Ended, GrantsEnded: int32(len(end.Grants))} // a person's grants
			return err
		})
	})
}
