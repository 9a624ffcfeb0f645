package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// Brand finds a partner's brand; the zero one where it has none.
func Brand(ctx context.Context, tx pg.Tx, partner id.ID) (domain.Brand, error) {
	found, err := maybe[domain.Brand](ctx, tx, pg.Statement{Doing: "reading brand", SQL: `
SELECT b.partner_id, b.name, b.color, b.logo, b.update_time, b.actor_id, b.version
FROM brand b
WHERE b.partner_id = @partner`, Args: pgx.NamedArgs{"partner": partner}})
	if err != nil || found == nil {
		return domain.Brand{PartnerID: partner}, err
	}
	return *found, nil
}

// LockBrand is Brand for who changes it: two changes follow one another, also
// where there is no brand yet.
func LockBrand(ctx context.Context, tx pg.Tx, partner id.ID) (domain.Brand, error) {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "making room for a brand", SQL: `
INSERT INTO brand (partner_id, name, color, logo, update_time, actor_id, version)
VALUES (@partner, '', '', '', now(), @partner, 0)
ON CONFLICT (partner_id) DO UPDATE
SET version = brand.version`, Args: pgx.NamedArgs{"partner": partner}})
	if err != nil {
		return domain.Brand{}, err
	}
	return Brand(ctx, tx, partner)
}

// SaveBrand writes a brand. The caller holds it.
func SaveBrand(ctx context.Context, tx pg.Tx, b domain.Brand) error {
	return update(ctx, tx, pg.Statement{Doing: "saving brand", SQL: `
UPDATE brand
SET name = @name,
    color = @color,
    logo = @logo,
    update_time = @time,
    actor_id = @actor,
    version = @version
WHERE partner_id = @partner`, Args: pgx.NamedArgs{
		"partner": b.PartnerID, "name": b.Name, "color": b.Color, "logo": append([]byte{}, b.Logo...), "time": b.UpdateTime,
		"actor": b.ActorID, "version": b.Version,
	}})
}
