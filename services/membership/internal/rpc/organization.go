package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Organizations implements OrganizationService.
type Organizations struct {
	membershipv1.UnimplementedOrganizationServiceServer
	DB     *pg.DB
	NewID  func() id.ID
	Create app.CreateOrganization
}

// CreateOrganization makes an organisation and invites its owner.
func (s *Organizations) CreateOrganization(
	ctx context.Context, req *membershipv1.CreateOrganizationRequest,
) (*membershipv1.CreateOrganizationResponse, error) {
	in := createOrganizationInput(s.NewID(), req)
	c := call{membershipv1.OrganizationService_CreateOrganization_FullMethodName, req}
	return once(ctx, s.DB, in.Organization.ID, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.CreateOrganizationResponse, error) {
			org, invitation, err := s.Create.Do(ctx, tx, in)
			if err != nil {
				return nil, err
			}
			return &membershipv1.CreateOrganizationResponse{
				Organization: organizationToProto(org), Invitation: invitationToProto(invitation),
			}, nil
		})
}

func createOrganizationInput(org id.ID, req *membershipv1.CreateOrganizationRequest) app.CreateOrganizationInput {
	return app.CreateOrganizationInput{
		Organization: domain.Organization{
			ID:             org,
			Kind:           enum.KindWord(req.GetKind()),
			Identification: identificationFromProto(req.GetIdentification()),
			Locale:         fault.Language(req.GetLocale()),
			Level1Support:  req.GetLevel1Support(),
		},
		Owner: domain.Invitee{
			Email: req.GetOwnerEmail(), GivenName: req.GetOwnerGivenName(), FamilyName: req.GetOwnerFamilyName(),
		},
	}
}

// GetOrganization answers one organisation.
func (s *Organizations) GetOrganization(
	ctx context.Context, req *membershipv1.GetOrganizationRequest,
) (*membershipv1.GetOrganizationResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InTenant(ctx, s.DB, organization,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.GetOrganizationResponse, error) {
			org, err := postgres.FindOrganization(ctx, tx, organization)
			return &membershipv1.GetOrganizationResponse{Organization: organizationToProto(org)}, err
		}))
}
