package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/sibling"
)

// Invitations implements InvitationService.
type Invitations struct {
	membershipv1.UnimplementedInvitationServiceServer
	app.Deps
	DB     *pg.DB
	Pages  *page.Sealer
	People sibling.People
	Create app.CreateInvitation
	Change app.ChangeInvitation
	Links  app.FollowLink
	Accept app.AcceptInvitation
}

// CreateInvitation invites an address.
func (s *Invitations) CreateInvitation(
	ctx context.Context, req *membershipv1.CreateInvitationRequest,
) (*membershipv1.CreateInvitationResponse, error) {
	in, err := createInvitationInput(ctx, req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.InvitationService_CreateInvitation_FullMethodName, req}
	return once(ctx, s.DB, in.OrganizationID, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.CreateInvitationResponse, error) {
			i, err := s.Create.Do(ctx, tx, in)
			return &membershipv1.CreateInvitationResponse{Invitation: invitationToProto(i)}, err
		})
}

func createInvitationInput(
	ctx context.Context, req *membershipv1.CreateInvitationRequest,
) (app.CreateInvitationInput, error) {
	var read fields.Reader
	in := app.CreateInvitationInput{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()),
		InviterID:      person(ctx).UserID,
		Invitee: domain.Invitee{
			Email: req.GetEmail(), GivenName: req.GetGivenName(), FamilyName: req.GetFamilyName(),
		},
		Offer: domain.Offer{Role: enum.RoleWord(req.GetRole()), PartnerRole: enum.PartnerRoleWord(req.GetPartnerRole())},
	}
	if in.Offer.Role == "" {
		in.Offer.Role = domain.Member
	}
	if read.Err() != nil {
		return in, read.Err()
	}
	var err error
	in.Offer.Rights, err = rightsFromProto(req.GetRights())
	return in, err
}

// ListInvitations lists an organisation's invitations.
func (s *Invitations) ListInvitations(
	ctx context.Context, req *membershipv1.ListInvitationsRequest,
) (*membershipv1.ListInvitationsResponse, error) {
	var read fields.Reader
	filter := postgres.InvitationFilter{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()),
		State:          enum.InvitationStateWord(req.GetState()),
		Now:            s.Clock.Now(),
	}
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
	list, err := pg.InTenant(ctx, s.DB, filter.OrganizationID, func(ctx context.Context, tx pg.Tx) ([]domain.Invitation, error) {
		return postgres.ListInvitations(ctx, tx, filter, slice)
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(i domain.Invitation) []string { return page.KeyTimeID(i.CreateTime, i.ID) })
	return &membershipv1.ListInvitationsResponse{Invitations: fields.Each(list, invitationToProto), NextPageToken: next}, err
}

// CancelInvitation takes one back.
func (s *Invitations) CancelInvitation(
	ctx context.Context, req *membershipv1.CancelInvitationRequest,
) (*membershipv1.CancelInvitationResponse, error) {
	in, err := changeInput(ctx, req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.InvitationService_CancelInvitation_FullMethodName, req}
	return once(ctx, s.DB, in.OrganizationID, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.CancelInvitationResponse, error) {
			i, err := s.Change.Cancel(ctx, tx, in)
			return &membershipv1.CancelInvitationResponse{Invitation: invitationToProto(i)}, err
		})
}

// RenewInvitation gives one a new term.
func (s *Invitations) RenewInvitation(
	ctx context.Context, req *membershipv1.RenewInvitationRequest,
) (*membershipv1.RenewInvitationResponse, error) {
	in, err := changeInput(ctx, req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.InvitationService_RenewInvitation_FullMethodName, req}
	return once(ctx, s.DB, in.OrganizationID, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.RenewInvitationResponse, error) {
			i, err := s.Change.Renew(ctx, tx, in)
			return &membershipv1.RenewInvitationResponse{Invitation: invitationToProto(i)}, err
		})
}

// namesInvitation is a request about one invitation.
type namesInvitation interface {
	GetOrganizationId() string
	GetInvitationId() string
}

func changeInput(ctx context.Context, req namesInvitation) (app.ChangeInvitationInput, error) {
	var read fields.Reader
	return app.ChangeInvitationInput{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()),
		InvitationID:   read.ID("inv", "invitation_id", req.GetInvitationId()),
		ActorID:        person(ctx).UserID,
	}, read.Err()
}
