package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// RegisterProduct makes a product known.
type RegisterProduct struct{ Deps }

// Do stores the product. Its id and its time are made here.
func (u RegisterProduct) Do(ctx context.Context, p domain.Product, k idempotency.Key) (*v1.RegisterProductResponse, error) {
	if !domain.SafeURL(p.EnterURL) {
		return nil, fault.Invalid("enter_url", "string.uri")
	}
	p.ID, p.CreateTime = u.NewID(), u.Clock.Now()
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (*v1.RegisterProductResponse, error) {
		return idempotency.Do(ctx, tx, k, func() (*v1.RegisterProductResponse, error) {
			err := postgres.AddProduct(ctx, tx, p)
			return &v1.RegisterProductResponse{Product: contract.ProductToProto(p)}, err
		})
	})
}
