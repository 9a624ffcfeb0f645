package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// maxFeatures bounds the catalogue.
const maxFeatures = 10000

// featureColumns are in the order of domain.Feature.
const featureColumns = `f.path, f.label_fr, f.label_en, f.sensitive, f.excluded_from_grants, f.system,
       f.apart, f.since_version, coalesce(f.retire_time, '0001-01-01 00:00:00+00')`

// LoadCatalogue reads the whole tree, retired features included.
func LoadCatalogue(ctx context.Context, tx pg.Tx) (domain.Catalogue, error) {
	return ListFeatures(ctx, tx, FeatureFilter{Retired: true, Limit: maxFeatures})
}

// FeatureFilter is the part of the catalogue that is asked for.
type FeatureFilter struct {
	After string
	// Retired takes in features that are in use no more.
	Retired bool
	Limit   int
}

// ListFeatures lists features by path.
func ListFeatures(ctx context.Context, tx pg.Tx, filter FeatureFilter) (domain.Catalogue, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing features", SQL: `
SELECT ` + featureColumns + `
FROM feature f
WHERE f.path > @after
  AND (@retired OR f.retire_time IS NULL)
ORDER BY f.path
LIMIT @limit`, Args: pgx.NamedArgs{
		"after": filter.After, "retired": filter.Retired, "limit": filter.Limit,
	}}, featureFromRow)
}

func featureFromRow(row pgx.CollectableRow) (domain.Feature, error) {
	f, err := pgx.RowToStructByPos[domain.Feature](row)
	f.RetireTime = f.RetireTime.UTC()
	return f, err
}
