package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// LockWithExtended keeps an assignment and, before it, the one that it follows,
// if any, from changing: in the order in which a person's assignments are locked.
func LockWithExtended(ctx context.Context, tx pg.Tx, partner, assignment id.ID) error {
	_, err := pg.Many(ctx, tx, pg.Statement{Doing: "locking an extension", SQL: `
SELECT a.id
FROM assignment a
WHERE a.partner_id = @partner
  AND a.id = ANY (ARRAY[@id::uuid, (
    SELECT n.predecessor_id
    FROM assignment n
    WHERE n.partner_id = @partner
      AND n.id = @id
  )])
ORDER BY a.id
LIMIT 2
FOR UPDATE OF a`, Args: pgx.NamedArgs{"partner": partner, "id": assignment}}, pgx.RowTo[id.ID])
	return err
}

// LiveExtension finds what followed an answered assignment for the same person,
// however often it was extended, and has not ended; nil when there is nothing.
func LiveExtension(ctx context.Context, tx pg.Tx, from domain.Assignment) (*domain.Assignment, error) {
	return maybe[domain.Assignment](ctx, tx, pg.Statement{Doing: "reading what extends an assignment", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.dossier_id = @dossier
  AND a.id <> @id
  AND a.state <> 'ENDED'
  AND a.since_time = (
    SELECT f.since_time
    FROM assignment f
    WHERE f.partner_id = @partner
      AND f.id = @id
  )
ORDER BY (a.state = 'PENDING_CONSENT'), a.id
LIMIT 1`, Args: pgx.NamedArgs{
		"partner": from.PartnerID, "collaborator": from.CollaboratorID, "dossier": from.DossierID, "id": from.ID,
	}})
}

// PassReleases lets what other partners and the own one wished about an
// assignment (R127) stand on the one that took its place.
func PassReleases(ctx context.Context, tx pg.Tx, from, to domain.Assignment) error {
	args := pgx.NamedArgs{"partner": from.PartnerID, "from": from.ID, "to": to.ID}
	if _, err := pg.Exec(ctx, tx, pg.Statement{Doing: "passing release requests on", SQL: `
UPDATE release_request
SET assignment_id = @to
WHERE partner_id = @partner
  AND assignment_id = @from`, Args: args}); err != nil {
		return err
	}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "passing release wishes on", SQL: `
UPDATE release_wish
SET assignment_id = @to
WHERE partner_id = @partner
  AND assignment_id = @from`, Args: args})
	return err
}
