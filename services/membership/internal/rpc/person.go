package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Persons implements PersonService.
type Persons struct {
	membershipv1.UnimplementedPersonServiceServer
	Pages  *page.Sealer
	People app.People
}

// ListSoleOwnerships lists the organisations that nobody else owns.
func (s *Persons) ListSoleOwnerships(
	ctx context.Context, req *membershipv1.ListSoleOwnershipsRequest,
) (*membershipv1.ListSoleOwnershipsResponse, error) {
	var f fields.Reader
	user := f.ID("usr", "user_id", req.GetUserId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := asked.AfterID()
	if err != nil {
		return nil, err
	}
	list, err := s.People.SoleOwnerships(ctx, user, after, asked.Limit())
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(o postgres.SoleOwnership) []string { return page.KeyID(o.OrganizationID) })
	if err != nil {
		return nil, err
	}
	return &membershipv1.ListSoleOwnershipsResponse{Ownerships: fields.Each(list, ownershipToProto), NextPageToken: next}, nil
}

// GetPersonNames gives what no password of a person is made of.
func (s *Persons) GetPersonNames(
	ctx context.Context, req *membershipv1.GetPersonNamesRequest,
) (*membershipv1.GetPersonNamesResponse, error) {
	var f fields.Reader
	user := f.ID("usr", "user_id", req.GetUserId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	names, err := s.People.Names(ctx, user)
	return &membershipv1.GetPersonNamesResponse{Names: names}, err
}

// LeaveOrganizations ends all memberships of a person.
func (s *Persons) LeaveOrganizations(
	ctx context.Context, req *membershipv1.LeaveOrganizationsRequest,
) (*membershipv1.LeaveOrganizationsResponse, error) {
	var f fields.Reader
	user := f.ID("usr", "user_id", req.GetUserId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	ended, err := answer(s.People.Leave(ctx, user))
	return &membershipv1.LeaveOrganizationsResponse{Ended: int32(ended)}, err
}

func ownershipToProto(o postgres.SoleOwnership) *membershipv1.SoleOwnership {
	return &membershipv1.SoleOwnership{OrganizationId: o.OrganizationID.Text("org"), LegalName: o.LegalName}
}
