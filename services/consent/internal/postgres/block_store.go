package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Blocks keeps which partners may not ask a client.
type Blocks struct{}

const blockColumns = `
SELECT client_id, partner_id, id, partner_name, actor_id, actor_name, reason, block_time, end_time, version
FROM partner_block`

// Lock holds the block of a partner at a client; the zero Block when it was
// never blocked.
func (Blocks) Lock(ctx context.Context, tx pg.Tx, client, partner id.ID) (domain.Block, error) {
	return firstBlock(pg.Many(ctx, tx, pg.Statement{Doing: "locking block", SQL: blockColumns + `
WHERE client_id = @client
  AND partner_id = @partner
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"client": client, "partner": partner}}, blockFromRow))
}

// ByPair reads a block; the zero Block when there is none.
func (Blocks) ByPair(ctx context.Context, tx pg.Tx, client, partner id.ID) (domain.Block, error) {
	return firstBlock(pg.Many(ctx, tx, pg.Statement{Doing: "reading block", SQL: blockColumns + `
WHERE client_id = @client
  AND partner_id = @partner
LIMIT 1`, Args: pgx.NamedArgs{"client": client, "partner": partner}}, blockFromRow))
}

// Save writes a block that changed.
func (Blocks) Save(ctx context.Context, tx pg.Tx, b domain.Block) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "saving block", SQL: `
INSERT INTO partner_block (client_id, partner_id, id, partner_name, actor_id, actor_name, reason, block_time, end_time, version)
VALUES (@client, @partner, @id, @name, @actor, @actor_name, @reason, @time, @end, @version)
ON CONFLICT (client_id, partner_id) DO UPDATE
SET partner_name = excluded.partner_name, actor_id = excluded.actor_id, actor_name = excluded.actor_name,
    reason = excluded.reason, block_time = excluded.block_time, end_time = excluded.end_time, version = excluded.version
WHERE partner_block.version < excluded.version`, Args: pgx.NamedArgs{
		"client": b.ClientID, "partner": b.PartnerID, "id": b.ID, "name": b.PartnerName, "actor": b.Actor.ID,
		"actor_name": b.Actor.Name, "reason": b.Reason, "time": b.Time, "end": pg.NullTime(b.EndTime), "version": b.Version,
	}})
	return err
}

// Blocked names one page of a client's blocked partners, newest first.
type Blocked struct {
	ClientID id.ID
	// Before and BeforeID are the last row of the page before; zero: the first page.
	Before   time.Time
	BeforeID id.ID
	Limit    int
}

// List reads one page.
func (Blocks) List(ctx context.Context, tx pg.Tx, l Blocked) ([]domain.Block, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing blocks", SQL: blockColumns + `
WHERE client_id = @client
  AND end_time IS NULL
  AND (@before_id::uuid IS NULL OR (block_time, id) < (@before, @before_id))
ORDER BY block_time DESC, id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"client": l.ClientID, "before": pg.NullTime(l.Before), "before_id": l.BeforeID, "limit": l.Limit,
	}}, blockFromRow)
}

func firstBlock(found []domain.Block, err error) (domain.Block, error) {
	if err != nil || len(found) == 0 {
		return domain.Block{}, err
	}
	return found[0], nil
}

func blockFromRow(row pgx.CollectableRow) (domain.Block, error) {
	b := domain.Block{Actor: domain.Actor{Party: domain.ByClient}}
	var end *time.Time
	err := row.Scan(&b.ClientID, &b.PartnerID, &b.ID, &b.PartnerName, &b.Actor.ID, &b.Actor.Name, &b.Reason, &b.Time, &end, &b.Version)
	b.Time, b.EndTime = b.Time.UTC(), pg.TimeOf(end)
	return b, err
}
