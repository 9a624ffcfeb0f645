package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const releaseColumns = `r.partner_id, r.id, r.assignment_id, r.create_time, r.keep_time, r.keep_actor_id, r.version`

// AddRelease stores a release request unless the assignment has one already,
// and gives whichever there is then.
func AddRelease(ctx context.Context, tx pg.Tx, r domain.ReleaseRequest) (domain.ReleaseRequest, error) {
	args := pgx.NamedArgs{
		"partner": r.PartnerID, "id": r.ID, "assignment": r.AssignmentID, "time": r.CreateTime, "version": r.Version,
	}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing release request", SQL: `
INSERT INTO release_request (partner_id, id, assignment_id, create_time, version)
VALUES (@partner, @id, @assignment, @time, @version)
ON CONFLICT ON CONSTRAINT release_request_assignment_unique DO NOTHING`, Args: args})
	if err != nil {
		return r, err
	}
	return one[domain.ReleaseRequest](ctx, tx, pg.Statement{Doing: "reading release request of an assignment", SQL: `
SELECT ` + releaseColumns + `
FROM release_request r
WHERE r.partner_id = @partner
  AND r.assignment_id = @assignment`, Args: args})
}

// LockRelease finds one and keeps it from changing.
func LockRelease(ctx context.Context, tx pg.Tx, partner, release id.ID) (domain.ReleaseRequest, error) {
	return one[domain.ReleaseRequest](ctx, tx, pg.Statement{Doing: "locking release request", SQL: `
SELECT ` + releaseColumns + `
FROM release_request r
WHERE r.partner_id = @partner
  AND r.id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "id": release}})
}

// SaveRelease writes the answer of a locked one.
func SaveRelease(ctx context.Context, tx pg.Tx, r domain.ReleaseRequest) error {
	return update(ctx, tx, pg.Statement{Doing: "saving release request", SQL: `
UPDATE release_request
SET keep_time = @time,
    keep_actor_id = @actor,
    version = @version
WHERE partner_id = @partner
  AND id = @id`, Args: pgx.NamedArgs{
		"time": r.KeepTime, "actor": r.KeepActorID, "version": r.Version, "partner": r.PartnerID, "id": r.ID,
	}})
}

// ReleaseWish is what the partner that came second asked for.
type ReleaseWish struct {
	Partner, Assignment, Release, Actor id.ID
	Time                                time.Time
}

// AddWish stores it; once is enough.
func AddWish(ctx context.Context, tx pg.Tx, w ReleaseWish) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing release wish", SQL: `
INSERT INTO release_wish (partner_id, assignment_id, release_request_id, actor_id, create_time)
VALUES (@partner, @assignment, @release, @actor, @time)
ON CONFLICT (partner_id, assignment_id) DO UPDATE
SET release_request_id = excluded.release_request_id,
    actor_id = excluded.actor_id,
    create_time = excluded.create_time
WHERE release_wish.release_request_id <> excluded.release_request_id`, Args: pgx.NamedArgs{
		"partner": w.Partner, "assignment": w.Assignment, "release": w.Release, "actor": w.Actor, "time": w.Time,
	}})
	return err
}

// ReleaseView is a release request with the assignment that it is about.
type ReleaseView struct {
	domain.ReleaseRequest
	DossierID        id.ID
	CollaboratorID   id.ID
	UserID           id.ID
	ClientName       string
	CollaboratorName string
	Live             bool
}

// ReleaseList says which release requests to list, newest first.
type ReleaseList struct {
	Partner id.ID
	Release id.ID // zero: all
	Before  id.ID // zero: the first page
	Limit   int
}

// Releases lists what a partner was asked.
func Releases(ctx context.Context, tx pg.Tx, l ReleaseList) ([]ReleaseView, error) {
	return collect[ReleaseView](ctx, tx, pg.Statement{Doing: "listing release requests", SQL: `
SELECT ` + releaseColumns + `, a.dossier_id, a.collaborator_id, c.user_id, d.client_name,
  btrim(c.given_name || ' ' || c.family_name) AS collaborator_name, a.state <> 'ENDED' AS live
FROM release_request r
JOIN assignment a ON a.partner_id = r.partner_id AND a.id = r.assignment_id
JOIN collaborator c ON c.partner_id = a.partner_id AND c.id = a.collaborator_id
JOIN dossier d ON d.partner_id = a.partner_id AND d.id = a.dossier_id
WHERE r.partner_id = @partner
  AND (@release::uuid IS NULL OR r.id = @release)
  AND (@before::uuid IS NULL OR r.id < @before)
ORDER BY r.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": l.Partner, "release": l.Release, "before": l.Before, "limit": l.Limit,
	}})
}
