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
	return result(func(resp **membershipv1.ListMyInvitationsResponse) error {
		slice, err := sliceOf(asked)
		if err != nil {
			return err
		}
		var list []postgres.MyInvitation
		err = s.asInvited(ctx, who, func(ctx context.Context, tx pg.Tx) (err error) {
			list, err = postgres.ListMine(ctx, tx, s.Clock.Now(), slice)
			return err
		})
		if err != nil {
			return err
		}
		list, next, err := page.Cut(asked, list, func(m postgres.MyInvitation) []string {
			return page.KeyTimeID(m.Invitation.CreateTime, m.Invitation.ID)
		})
		*resp = &membershipv1.ListMyInvitationsResponse{Invitations: all(list, mineToProto), NextPageToken: next}
		return err
	})
}

// AcceptMyInvitation accepts one of them without its mail.
func (s *Invitations) AcceptMyInvitation(
	ctx context.Context, req *membershipv1.AcceptMyInvitationRequest,
) (*membershipv1.AcceptMyInvitationResponse, error) {
	var f fields.Reader
	invitation := f.ID("inv", "invitation_id", req.GetInvitationId())
	if f.Err() != nil {
		return nil, f.Err()
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
	return once(ctx, s.DB, organization, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.AcceptMyInvitationResponse, error) {
			m, err := s.Accept.ByAddress(ctx, tx, invitation, who)
			return &membershipv1.AcceptMyInvitationResponse{Member: memberToProto(m)}, err
		})
}

// inviting finds the organisation of an invitation among the person's own.
func (s *Invitations) inviting(ctx context.Context, who domain.Person, invitation id.ID) (id.ID, error) {
	var found domain.Invitation
	err := s.asInvited(ctx, who, func(ctx context.Context, tx pg.Tx) (err error) {
		found, err = postgres.FindInvitation(ctx, tx, invitation)
		return err
	})
	return found.OrganizationID, err
}

// asInvited runs fn in sight of the invitations to the person's address.
func (s *Invitations) asInvited(ctx context.Context, who domain.Person, fn pg.Func) error {
	return s.DB.InUser(ctx, who.UserID, func(ctx context.Context, tx pg.Tx) error {
		if err := postgres.UseAddress(ctx, tx, who.EmailKey); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

func mineToProto(m postgres.MyInvitation) *membershipv1.MyInvitation {
	return &membershipv1.MyInvitation{
		Id:               m.Invitation.ID.Text("inv"),
		OrganizationName: m.OrganizationName,
		Role:             enum.Role(m.Invitation.Offer.Role),
		PartnerRole:      enum.PartnerRole(m.Invitation.Offer.PartnerRole),
	}
}
