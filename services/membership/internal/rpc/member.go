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
	"github.com/aval-access/aval/services/membership/internal/sibling"
)

// Members implements MemberService for the members themselves.
type Members struct {
	membershipv1.UnimplementedMemberServiceServer
	app.Deps
	DB     *pg.DB
	Pages  *page.Sealer
	People sibling.People
	End    app.EndMembership
}

// ListMembers lists the members of an organisation.
func (s *Members) ListMembers(
	ctx context.Context, req *membershipv1.ListMembersRequest,
) (*membershipv1.ListMembersResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	slice, err := sliceOf(asked)
	if err != nil {
		return nil, err
	}
	list, err := pg.InTenant(ctx, s.DB, organization, func(ctx context.Context, tx pg.Tx) ([]domain.Membership, error) {
		return postgres.ListMembers(ctx, tx, organization, slice)
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(m domain.Membership) []string { return page.KeyTimeID(m.CreateTime, m.ID) })
	return &membershipv1.ListMembersResponse{Members: fields.Each(list, memberToProto), NextPageToken: next}, err
}

// ListMyContexts lists where the person can go.
func (s *Members) ListMyContexts(
	ctx context.Context, req *membershipv1.ListMyContextsRequest,
) (*membershipv1.ListMyContextsResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	slice, err := sliceOf(asked)
	if err != nil {
		return nil, err
	}
	user := person(ctx).UserID
	list, err := pg.InUser(ctx, s.DB, user, func(ctx context.Context, tx pg.Tx) ([]domain.Place, error) {
		return postgres.ListPlaces(ctx, tx, user, slice)
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(c domain.Place) []string { return page.KeyTimeID(c.Membership.CreateTime, c.Membership.ID) })
	return &membershipv1.ListMyContextsResponse{Contexts: fields.Each(list, contextToProto), NextPageToken: next}, err
}

// EndMembership ends a membership and the grants through it.
func (s *Members) EndMembership(
	ctx context.Context, req *membershipv1.EndMembershipRequest,
) (*membershipv1.EndMembershipResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	user := read.ID("usr", "user_id", req.GetUserId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InSystem(ctx, s.DB, "membership.end",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.EndMembershipResponse, error) {
			end, err := s.End.Do(ctx, tx, app.MembershipEnding{OrganizationID: organization, UserID: user})
			return &membershipv1.EndMembershipResponse{Ended: end.Ended, GrantsEnded: int32(len(end.Grants))}, err // a person's grants
		}))
}
