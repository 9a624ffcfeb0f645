package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/logo"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// UpdateBrand changes what a partner's mails and pages look like (R8).
type UpdateBrand struct{ Deps }

// UpdateBrandIn says what changes.
type UpdateBrandIn struct {
	Partner, Actor id.ID
	Change         domain.BrandChange
	Key            idempotency.Key
}

// Do keeps nothing of a picture but what is seen of it.
func (u UpdateBrand) Do(ctx context.Context, in UpdateBrandIn) (*v1.UpdateBrandResponse, error) {
	if name := in.Change.Name; name != nil && domain.Deceives(*name) {
		return nil, fault.Invalid("name", "text.control")
	}
	if raw := in.Change.Logo; raw != nil && len(*raw) > 0 {
		made, err := logo.Clean(*raw)
		if err != nil {
			return nil, fault.With(fault.Invalid("logo", "logo.picture"), fault.Cause(err))
		}
		in.Change.Logo = &made
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.UpdateBrandResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.UpdateBrandResponse, error) { return u.change(ctx, tx, in) })
	})
}

func (u UpdateBrand) change(ctx context.Context, tx pg.Tx, in UpdateBrandIn) (*v1.UpdateBrandResponse, error) {
	brand, err := postgres.LockBrand(ctx, tx, in.Partner)
	if err != nil {
		return nil, err
	}
	brand = brand.Change(in.Change)
	brand.ActorID, brand.UpdateTime = in.Actor, u.Clock.Now()
	return &v1.UpdateBrandResponse{Brand: contract.BrandToProto(brand)}, postgres.SaveBrand(ctx, tx, brand)
}
