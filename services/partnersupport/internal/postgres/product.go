package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const productColumns = `p.id, p.name, p.enter_url, p.audience, p.spiffe_id, p.create_time`

// AddProduct stores a product; its audience and its SPIFFE id are its alone.
func AddProduct(ctx context.Context, tx pg.Tx, p domain.Product) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing product", SQL: `
INSERT INTO product (id, name, enter_url, audience, spiffe_id, create_time)
VALUES (@id, @name, @enter_url, @audience, @spiffe_id, @create_time)`, Args: pgx.NamedArgs{
		"id": p.ID, "name": p.Name, "enter_url": p.EnterURL, "audience": p.Audience,
		"spiffe_id": p.SpiffeID, "create_time": p.CreateTime,
	}})
	if pg.IsUnique(err, "product_audience_unique") || pg.IsUnique(err, "product_spiffe_id_unique") {
		return domain.ProductExists
	}
	return err
}

// Product finds one by id.
func Product(ctx context.Context, tx pg.Tx, product id.ID) (domain.Product, error) {
	return one[domain.Product](ctx, tx, pg.Statement{Doing: "reading product", SQL: `
SELECT ` + productColumns + `
FROM product p
WHERE p.id = @id`, Args: pgx.NamedArgs{"id": product}})
}

// FirstProduct finds the first by name; nil when none is registered.
func FirstProduct(ctx context.Context, tx pg.Tx) (*domain.Product, error) {
	return maybe[domain.Product](ctx, tx, pg.Statement{Doing: "reading first product", SQL: `
SELECT ` + productColumns + `
FROM product p
ORDER BY p.name, p.id
LIMIT 1`})
}

// ProductsAfter is where a list of products goes on.
type ProductsAfter struct {
	Name string
	ID   id.ID
}

// Products lists them by name.
func Products(ctx context.Context, tx pg.Tx, after *ProductsAfter, limit int) ([]domain.Product, error) {
	args := pgx.NamedArgs{"first": after == nil, "limit": limit, "name": "", "id": id.ID{}}
	if after != nil {
		args["name"], args["id"] = after.Name, after.ID
	}
	return collect[domain.Product](ctx, tx, pg.Statement{Doing: "listing products", SQL: `
SELECT ` + productColumns + `
FROM product p
WHERE @first::boolean
   OR (p.name, p.id) > (@name::text, @id::uuid)
ORDER BY p.name, p.id
LIMIT @limit`, Args: args})
}
