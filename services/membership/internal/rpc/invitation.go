package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

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
	DB       *pg.DB
	Pages    *page.Sealer
	People   sibling.People
	Mails    sibling.Mails
	Create   app.CreateInvitation
	Many     app.InviteMany
	Change   app.ChangeInvitation
	Links    app.FollowLink
	Accept   app.AcceptInvitation
	Over     app.EndOver
	Decline  app.DeclineInvitation
	Diagnose app.DiagnoseInvitation
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
	work := func(ctx context.Context, tx pg.Tx) (*membershipv1.CreateInvitationResponse, error) {
		out, err := s.Create.Do(ctx, tx, in)
		return &membershipv1.CreateInvitationResponse{Invitation: invitedToProto(ctx, out)}, err
	}
	if in.ValidateOnly { // nothing happens that an answer could be stored with
		return answer(pg.InTenant(ctx, s.DB, in.OrganizationID, work))
	}
	return once(ctx, s.DB, in.OrganizationID, c, work)
}

func createInvitationInput(
	ctx context.Context, req *membershipv1.CreateInvitationRequest,
) (app.CreateInvitationInput, error) {
	var read fields.Reader
	in := app.CreateInvitationInput{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()),
		InviterID:      person(ctx).UserID,
		ValidateOnly:   req.GetValidateOnly(),
	}
	if read.Err() != nil {
		return in, read.Err()
	}
	var err error
	in.Wanted, err = wantedFromProto(req)
	in.Wanted.ValidDays = req.GetValidDays()
	return in, err
}

// namesGuest is a request, or a row of one, that says who is invited to what.
type namesGuest interface {
	GetEmail() string
	GetGivenName() string
	GetFamilyName() string
	GetRole() membershipv1.Role
	GetPartnerRole() membershipv1.PartnerRole
	GetRights() []*membershipv1.FeatureRight
	GetMemberValidUntil() *timestamppb.Timestamp
}

func wantedFromProto(g namesGuest) (app.Wanted, error) {
	w := app.Wanted{
		Invitee: domain.Invitee{Email: g.GetEmail(), GivenName: g.GetGivenName(), FamilyName: g.GetFamilyName()},
		Offer: domain.Offer{
			Role: enum.RoleWord(g.GetRole()), PartnerRole: enum.PartnerRoleWord(g.GetPartnerRole()),
			ValidUntil: fields.TimeOf(g.GetMemberValidUntil()),
		},
	}
	if w.Offer.Role == "" {
		w.Offer.Role = domain.Member
	}
	var err error
	w.Offer.Rights, err = rightsFromProto(g.GetRights())
	return w, err
}

// ListInvitations lists an organisation's invitations.
func (s *Invitations) ListInvitations(
	ctx context.Context, req *membershipv1.ListInvitationsRequest,
) (*membershipv1.ListInvitationsResponse, error) {
	var read fields.Reader
	filter := postgres.InvitationFilter{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()),
		State:          enum.InvitationStateWord(req.GetState()),
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
	in.ValidDays = req.GetValidDays()
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
