package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

type products struct {
	v1.UnimplementedProductServiceServer
	base
}

func (s products) RegisterProduct(ctx context.Context, req *v1.RegisterProductRequest) (*v1.RegisterProductResponse, error) {
	key := idempotency.KeyOf(ctx, v1.ProductService_RegisterProduct_FullMethodName, req)
	return answer(app.RegisterProduct{Deps: s.Deps}.Do(ctx, domain.Product{
		Name: req.GetName(), EnterURL: req.GetEnterUrl(), Audience: req.GetAudience(), SpiffeID: req.GetSpiffeId(),
	}, key))
}

func (s products) ListProducts(ctx context.Context, req *v1.ListProductsRequest) (*v1.ListProductsResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := productsAfter(asked)
	if err != nil {
		return nil, err
	}
	rows, err := pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) ([]domain.Product, error) {
		return postgres.Products(ctx, tx, after, asked.Limit())
	})
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, rows, func(p domain.Product) []string { return page.KeyTextID(p.Name, p.ID) })
	return &v1.ListProductsResponse{Products: fields.Each(rows, contract.ProductToProto), NextPageToken: next}, err
}

func productsAfter(asked page.List) (*postgres.ProductsAfter, error) {
	name, product, err := asked.AfterTextID()
	if err != nil || product.IsZero() {
		return nil, err
	}
	return &postgres.ProductsAfter{Name: name, ID: product}, nil
}
