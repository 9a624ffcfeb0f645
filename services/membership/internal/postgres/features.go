package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// maxFeatures bounds the catalogue.
const maxFeatures = 10000

// LoadCatalogue reads the whole tree.
func LoadCatalogue(ctx context.Context, tx pg.Tx) (domain.Catalogue, error) {
	return ListFeatures(ctx, tx, "", maxFeatures)
}

// ListFeatures lists features by path, after a path.
func ListFeatures(ctx context.Context, tx pg.Tx, after string, limit int) (domain.Catalogue, error) {
	rows, err := tx.Query(ctx, `
SELECT path, label_fr, label_en, sensitive, excluded_from_grants, system
FROM feature
WHERE path > @after
ORDER BY path
LIMIT @limit`, pgx.NamedArgs{"after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("listing features: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[domain.Feature])
	if err != nil {
		return nil, fmt.Errorf("listing features: %w", err)
	}
	return list, nil
}
