package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/enum"
)

// LookupInvitation answers what a link invites to.
func (s *Invitations) LookupInvitation(
	ctx context.Context, req *membershipv1.LookupInvitationRequest,
) (*membershipv1.LookupInvitationResponse, error) {
	seen, err := answer(s.Links.Look(ctx, req.GetToken()))
	if err != nil {
		return nil, err
	}
	return seenToProto(seen), nil
}

func seenToProto(seen app.Seen) *membershipv1.LookupInvitationResponse {
	i, org := seen.Invitation, seen.Organization
	return &membershipv1.LookupInvitationResponse{
		OrganizationName: org.Identification.LegalName,
		OrganizationKind: enum.Kind(org.Kind),
		Email:            i.Invitee.Email,
		GivenName:        i.Invitee.GivenName,
		Role:             enum.Role(i.Offer.Role),
		PartnerRole:      enum.PartnerRole(i.Offer.PartnerRole),
		State:            enum.InvitationState(i.State),
		Locale:           org.Locale,
	}
}

// ProveInvitation answers the address that a live link proves.
func (s *Invitations) ProveInvitation(
	ctx context.Context, req *membershipv1.ProveInvitationRequest,
) (*membershipv1.ProveInvitationResponse, error) {
	seen, err := answer(s.Links.Prove(ctx, req.GetToken()))
	if err != nil {
		return nil, err
	}
	return &membershipv1.ProveInvitationResponse{Email: seen.Invitation.Invitee.Email, Locale: seen.Organization.Locale}, nil
}

// AcceptInvitation makes the signed-in person a member.
func (s *Invitations) AcceptInvitation(
	ctx context.Context, req *membershipv1.AcceptInvitationRequest,
) (*membershipv1.AcceptInvitationResponse, error) {
	followed, err := s.Links.Resolve(ctx, req.GetToken())
	if err != nil {
		return nil, refused(err)
	}
	who, err := s.People.Find(ctx, person(ctx).UserID)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.InvitationService_AcceptInvitation_FullMethodName, req}
	return once(ctx, s.DB, followed.Link.OrganizationID, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.AcceptInvitationResponse, error) {
			m, err := s.Accept.ByLink(ctx, tx, followed, who)
			return &membershipv1.AcceptInvitationResponse{Member: memberToProto(m)}, err
		})
}
