package app

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// OperateOrganization is what the operator does to an organisation, whose
// transaction it is.
type OperateOrganization struct{}

// SetState suspends the organisation or lets it work again; decisions follow at
// once. Repeating it changes nothing.
func (OperateOrganization) SetState(
	ctx context.Context, tx pg.Tx, organization id.ID, state domain.OrganizationState,
) (domain.Organization, error) {
	changed, err := postgres.SetOrganizationState(ctx, tx, organization, state)
	if err != nil {
		return domain.Organization{}, err
	}
	found, err := postgres.FindOrganization(ctx, tx, organization)
	if err != nil || !changed {
		return found, err
	}
	var fact proto.Message = &membershipv1.OrganizationResumed{OrganizationId: organization.Text("org")}
	if state == domain.Suspended {
		fact = &membershipv1.OrganizationSuspended{OrganizationId: organization.Text("org")}
	}
	return found, announceOrganization(ctx, tx, organization, fact)
}

// SetSeatLimit bounds how many members the organisation may have, zero for no
// bound. Who is a member stays one.
func (OperateOrganization) SetSeatLimit(ctx context.Context, tx pg.Tx, organization id.ID, limit int) (domain.Seats, error) {
	before, err := postgres.SetSeatLimit(ctx, tx, organization, limit)
	if err != nil {
		return domain.Seats{}, err
	}
	if before != limit {
		err = announceOrganization(ctx, tx, organization, &membershipv1.SeatLimitChanged{
			OrganizationId: organization.Text("org"), Before: bound(before), After: bound(limit),
		})
		if err != nil {
			return domain.Seats{}, err
		}
	}
	return postgres.CountSeats(ctx, tx, organization)
}

// bound writes a limit; nil where there is none.
func bound(limit int) *int32 {
	if limit == 0 {
		return nil
	}
	return proto.Int32(int32(limit)) // came as one
}

func announceOrganization(ctx context.Context, tx pg.Tx, organization id.ID, fact proto.Message) error {
	err := outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "organization", AggregateID: organization, Version: 1, Tenant: organization, Message: fact,
	})
	if err != nil {
		return fmt.Errorf("announcing: %w", err)
	}
	return nil
}
