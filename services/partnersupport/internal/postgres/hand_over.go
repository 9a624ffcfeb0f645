package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// WaitingHandOver finds the other assignment that would take over the same as
// this one's successor, and waits for the client; nil when there is none.
func WaitingHandOver(ctx context.Context, tx pg.Tx, from domain.Assignment) (*domain.Assignment, error) {
	return maybe[domain.Assignment](ctx, tx, pg.Statement{Doing: "reading waiting hand-over", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.predecessor_id = @origin
  AND a.id <> @id
  AND a.state = 'PENDING_CONSENT'`, Args: pgx.NamedArgs{"partner": from.PartnerID, "origin": from.Origin(), "id": from.ID}})
}

// WaitingHandOvers tells from which of the assignments somebody would take over
// and waits for the client.
func WaitingHandOvers(ctx context.Context, tx pg.Tx, partner id.ID, origins []id.ID) (map[id.ID]bool, error) {
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading waiting hand-overs", SQL: `
SELECT a.predecessor_id
FROM assignment a
WHERE a.partner_id = @partner
  AND a.predecessor_id = ANY (@origins::uuid[])
  AND a.state = 'PENDING_CONSENT'
ORDER BY a.predecessor_id
LIMIT @limit`, Args: pgx.NamedArgs{"partner": partner, "origins": origins, "limit": len(origins)}}, pgx.RowTo[id.ID])
	out := make(map[id.ID]bool, len(found))
	for _, origin := range found {
		out[origin] = true
	}
	return out, err
}

// ConsentBehind gives the consent that an assignment's predecessor was asked
// for under; zero when there is none.
func ConsentBehind(ctx context.Context, tx pg.Tx, a domain.Assignment) (id.ID, error) {
	type behind struct{ ConsentID id.ID }
	found, err := maybe[behind](ctx, tx, pg.Statement{Doing: "reading the consent handed over", SQL: `
SELECT a.consent_id
FROM assignment a
WHERE a.partner_id = @partner
  AND a.id = @id`, Args: pgx.NamedArgs{"partner": a.PartnerID, "id": a.PredecessorID}})
	if err != nil || found == nil {
		return id.ID{}, err
	}
	return found.ConsentID, nil
}

// LiveAssignmentIDs lists what a collaborator has that has not ended, newest
// first.
func LiveAssignmentIDs(ctx context.Context, tx pg.Tx, c domain.Collaborator, limit int) ([]id.ID, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing live assignments", SQL: `
SELECT a.id
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.state <> 'ENDED'
ORDER BY a.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID, "limit": limit}}, pgx.RowTo[id.ID])
}
