package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// ListMyInvitations lists what is pending for the person's address.
func (s *Invitations) ListMyInvitations(
	ctx context.Context, req *membershipv1.ListMyInvitationsRequest,
) (*membershipv1.ListMyInvitationsResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	who, err := s.People.Find(ctx, person(ctx).UserID)
	if err != nil {
		return nil, err
	}
	slice, err := sliceOf(asked)
	if err != nil {
		return nil, err
	}
	list, err := asInvited(ctx, s.DB, who, func(ctx context.Context, tx pg.Tx) ([]postgres.MyInvitation, error) {
		return postgres.ListMine(ctx, tx, slice)
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(m postgres.MyInvitation) []string {
		return page.KeyTimeID(m.Invitation.CreateTime, m.Invitation.ID)
	})
	return &membershipv1.ListMyInvitationsResponse{Invitations: fields.Each(list, mineToProto), NextPageToken: next}, err
}

// AcceptMyInvitation accepts one of them without its mail.
func (s *Invitations) AcceptMyInvitation(
	ctx context.Context, req *membershipv1.AcceptMyInvitationRequest,
) (*membershipv1.AcceptMyInvitationResponse, error) {
	var read fields.Reader
	invitation := read.ID("inv", "invitation_id", req.GetInvitationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	who, err := s.People.Find(ctx, person(ctx).UserID)
	if err != nil {
		return nil, err
	}
	organization, err := s.inviting(ctx, who, invitation)
	if err != nil {
		return nil, refused(err)
	}
	c := call{membershipv1.InvitationService_AcceptMyInvitation_FullMethodName, req}
	return whoComesBack(func() error { return s.Over.One(ctx, organization, who.UserID) },
		func() (*membershipv1.AcceptMyInvitationResponse, error) {
			return once(ctx, s.DB, organization, c,
				func(ctx context.Context, tx pg.Tx) (*membershipv1.AcceptMyInvitationResponse, error) {
					m, err := s.Accept.ByAddress(ctx, tx, invitation, who)
					return &membershipv1.AcceptMyInvitationResponse{Member: memberToProto(m)}, err
				})
		})
}

// DeclineMyInvitation says no to one of them.
func (s *Invitations) DeclineMyInvitation(
	ctx context.Context, req *membershipv1.DeclineMyInvitationRequest,
) (*membershipv1.DeclineMyInvitationResponse, error) {
	var read fields.Reader
	invitation := read.ID("inv", "invitation_id", req.GetInvitationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	who, err := s.People.Find(ctx, person(ctx).UserID)
	if err != nil {
		return nil, err
	}
	organization, err := s.inviting(ctx, who, invitation)
	if err != nil {
		return nil, refused(err)
	}
	c := call{membershipv1.InvitationService_DeclineMyInvitation_FullMethodName, req}
	return once(ctx, s.DB, organization, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.DeclineMyInvitationResponse, error) {
			org, err := s.Decline.ByAddress(ctx, tx, invitation, who)
			return &membershipv1.DeclineMyInvitationResponse{OrganizationName: org.Identification.LegalName}, err
		})
}

// inviting finds the organisation of an invitation among the person's own.
func (s *Invitations) inviting(ctx context.Context, who domain.Person, invitation id.ID) (id.ID, error) {
	found, err := asInvited(ctx, s.DB, who, func(ctx context.Context, tx pg.Tx) (domain.Invitation, error) {
		return postgres.FindInvitation(ctx, tx, invitation)
	})
	return found.OrganizationID, err
}

// asInvited works in sight of the invitations to the person's address.
func asInvited[T any](ctx context.Context, db *pg.DB, who domain.Person, work pg.Work[T]) (T, error) {
	return pg.InUser(ctx, db, who.UserID, func(ctx context.Context, tx pg.Tx) (T, error) {
		if err := postgres.UseAddress(ctx, tx, who.EmailKey); err != nil {
			var none T
			return none, err
		}
		return work(ctx, tx)
	})
}

func mineToProto(m postgres.MyInvitation) *membershipv1.MyInvitation {
	return &membershipv1.MyInvitation{
		Id:               m.Invitation.ID.Text("inv"),
		OrganizationName: m.OrganizationName,
		Role:             enum.Role(m.Invitation.Offer.Role),
		PartnerRole:      enum.PartnerRole(m.Invitation.Offer.PartnerRole),
		ExpireTime:       fields.Time(m.Invitation.ExpireTime),
		MemberValidUntil: fields.Time(m.Invitation.Offer.ValidUntil),
	}
}
