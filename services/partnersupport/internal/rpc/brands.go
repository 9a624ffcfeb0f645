package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// brands keeps what partners look like to their clients (R8).
type brands struct {
	v1.UnimplementedBrandServiceServer
	base
}

func (s brands) GetBrand(ctx context.Context, _ *v1.GetBrandRequest) (*v1.GetBrandResponse, error) {
	brand, err := s.brand(ctx, authn.FromContext(ctx).Person.OrganizationID)
	return &v1.GetBrandResponse{Brand: brand}, err
}

func (s brands) UpdateBrand(ctx context.Context, req *v1.UpdateBrandRequest) (*v1.UpdateBrandResponse, error) {
	person := authn.FromContext(ctx).Person
	change := domain.BrandChange{Name: req.Name, Color: req.Color}
	if req.Logo != nil {
		change.Logo = &req.Logo
	}
	return answer(app.UpdateBrand{Deps: s.Deps}.Do(ctx, app.UpdateBrandIn{
		Partner: person.OrganizationID, Actor: person.UserID, Change: change,
		Key: idempotency.KeyOf(ctx, v1.BrandService_UpdateBrand_FullMethodName, req),
	}))
}

func (s brands) LookupBrand(ctx context.Context, req *v1.LookupBrandRequest) (*v1.LookupBrandResponse, error) {
	var read fields.Reader
	partner := read.ID(contract.Organization, "partner_id", req.GetPartnerId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	brand, err := s.brand(ctx, partner)
	return &v1.LookupBrandResponse{Brand: brand}, err
}

func (s brands) brand(ctx context.Context, partner id.ID) (*v1.Brand, error) {
	brand, err := pg.InTenant(ctx, s.DB, partner, func(ctx context.Context, tx pg.Tx) (domain.Brand, error) {
		return postgres.Brand(ctx, tx, partner)
	})
	if err != nil {
		return nil, err
	}
	return contract.BrandToProto(brand), nil
}
