package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const tagColumns = `t.partner_id, t.id, t.collaborator_id, t.kind, t.since_time, t.until_time, t.actor_id, t.end_actor_id`

// AddTag stores a tag.
func AddTag(ctx context.Context, tx pg.Tx, t domain.Tag) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing tag", SQL: `
INSERT INTO collaborator_tag (partner_id, id, collaborator_id, kind, since_time, until_time, actor_id)
VALUES (@partner, @id, @collaborator, @kind, @since, @until, @actor)`, Args: pgx.NamedArgs{
		"partner": t.PartnerID, "id": t.ID, "collaborator": t.CollaboratorID, "kind": t.Kind,
		"since": t.SinceTime, "until": t.UntilTime, "actor": t.ActorID,
	}})
	return err
}

// EndTag writes when a tag ended, and by whom.
func EndTag(ctx context.Context, tx pg.Tx, t domain.Tag) error {
	return update(ctx, tx, pg.Statement{Doing: "ending tag", SQL: `
UPDATE collaborator_tag
SET until_time = @until,
    end_actor_id = @actor
WHERE partner_id = @partner
  AND id = @id`, Args: pgx.NamedArgs{"until": t.UntilTime, "actor": t.EndActorID, "partner": t.PartnerID, "id": t.ID}})
}

// HeldTag finds the tag that a collaborator has at an instant; nil when there
// is none.
func HeldTag(ctx context.Context, tx pg.Tx, c domain.Collaborator, at time.Time) (*domain.Tag, error) {
	return maybe[domain.Tag](ctx, tx, pg.Statement{Doing: "reading tag", SQL: `
SELECT ` + tagColumns + `
FROM collaborator_tag t
WHERE t.partner_id = @partner
  AND t.collaborator_id = @collaborator
  AND t.since_time <= @at
  AND (t.until_time IS NULL OR t.until_time > @at)
ORDER BY t.id DESC
LIMIT 1`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID, "at": at}})
}

// TagList says whose tags to list, newest first.
type TagList struct {
	Partner, Collaborator id.ID
	Before                id.ID // zero: the first page
	Limit                 int
}

// Tags lists every tag that a collaborator had.
func Tags(ctx context.Context, tx pg.Tx, l TagList) ([]domain.Tag, error) {
	return collect[domain.Tag](ctx, tx, pg.Statement{Doing: "listing tags", SQL: `
SELECT ` + tagColumns + `
FROM collaborator_tag t
WHERE t.partner_id = @partner
  AND t.collaborator_id = @collaborator
  AND (@before::uuid IS NULL OR t.id < @before)
ORDER BY t.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": l.Partner, "collaborator": l.Collaborator, "before": l.Before, "limit": l.Limit,
	}})
}
