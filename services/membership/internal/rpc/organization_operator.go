package rpc

import (
	"context"

	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// SuspendOrganization lets nobody act in an organisation or through it.
func (s *Organizations) SuspendOrganization(
	ctx context.Context, req *membershipv1.SuspendOrganizationRequest,
) (*membershipv1.SuspendOrganizationResponse, error) {
	organization, err := organizationOf(req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.OrganizationService_SuspendOrganization_FullMethodName, req}
	return once(ctx, s.DB, organization, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.SuspendOrganizationResponse, error) {
			o, err := app.OperateOrganization{}.SetState(ctx, tx, organization, domain.Suspended)
			return &membershipv1.SuspendOrganizationResponse{Organization: organizationToProto(o)}, err
		})
}

// ResumeOrganization takes a suspension back.
func (s *Organizations) ResumeOrganization(
	ctx context.Context, req *membershipv1.ResumeOrganizationRequest,
) (*membershipv1.ResumeOrganizationResponse, error) {
	organization, err := organizationOf(req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.OrganizationService_ResumeOrganization_FullMethodName, req}
	return once(ctx, s.DB, organization, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.ResumeOrganizationResponse, error) {
			o, err := app.OperateOrganization{}.SetState(ctx, tx, organization, domain.Active)
			return &membershipv1.ResumeOrganizationResponse{Organization: organizationToProto(o)}, err
		})
}

// SetSeatLimit bounds how many members an organisation may have.
func (s *Organizations) SetSeatLimit(
	ctx context.Context, req *membershipv1.SetSeatLimitRequest,
) (*membershipv1.SetSeatLimitResponse, error) {
	organization, err := organizationOf(req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.OrganizationService_SetSeatLimit_FullMethodName, req}
	return once(ctx, s.DB, organization, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.SetSeatLimitResponse, error) {
			seats, err := app.OperateOrganization{}.SetSeatLimit(ctx, tx, organization, int(req.GetLimit()))
			return &membershipv1.SetSeatLimitResponse{Seats: seatsToProto(seats)}, err
		})
}

// GetSeats counts.
func (s *Organizations) GetSeats(
	ctx context.Context, req *membershipv1.GetSeatsRequest,
) (*membershipv1.GetSeatsResponse, error) {
	organization, err := organizationOf(req)
	if err != nil {
		return nil, err
	}
	return answer(pg.InTenant(ctx, s.DB, organization, func(ctx context.Context, tx pg.Tx) (*membershipv1.GetSeatsResponse, error) {
		seats, err := postgres.CountSeats(ctx, tx, organization)
		return &membershipv1.GetSeatsResponse{Seats: seatsToProto(seats)}, err
	}))
}

func seatsToProto(s domain.Seats) *membershipv1.Seats {
	out := &membershipv1.Seats{Members: int32(s.Members), PendingInvitations: int32(s.Pending)} // counts of one organisation
	if s.Limit > 0 {
		out.Limit = proto.Int32(int32(s.Limit)) // came as one
	}
	return out
}

func organizationOf(req interface{ GetOrganizationId() string }) (id.ID, error) {
	var f fields.Reader
	return f.ID("org", "organization_id", req.GetOrganizationId()), f.Err()
}
