package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const endingColumns = `e.partner_id, e.id, e.dossier_id, e.client_id, e.side, e.actor_id, e.assignments, e.requests,
  e.grants, e.support_sessions, e.browser_sessions, e.create_time, e.complete_time`

// ClientDossier finds a link as its client sees it.
func ClientDossier(ctx context.Context, tx pg.Tx, client, dossier id.ID) (domain.Dossier, error) {
	return one[domain.Dossier](ctx, tx, pg.Statement{Doing: "reading a client's dossier", SQL: `
SELECT ` + dossierColumns + `
FROM dossier d
WHERE d.client_id = @client
  AND d.id = @id`, Args: pgx.NamedArgs{"client": client, "id": dossier}})
}

// PartnerList says whose partners to list, newest first.
type PartnerList struct {
	Client id.ID
	Before id.ID // zero: the first page
	Limit  int
}

// Partners lists a client's links.
func Partners(ctx context.Context, tx pg.Tx, l PartnerList) ([]domain.Dossier, error) {
	return collect[domain.Dossier](ctx, tx, pg.Statement{Doing: "listing a client's partners", SQL: `
SELECT ` + dossierColumns + `
FROM dossier d
WHERE d.client_id = @client
  AND (@before::uuid IS NULL OR d.id < @before)
ORDER BY d.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{"client": l.Client, "before": l.Before, "limit": l.Limit}})
}

// LockDossier finds one and keeps it from changing.
func LockDossier(ctx context.Context, tx pg.Tx, partner, dossier id.ID) (domain.Dossier, error) {
	return one[domain.Dossier](ctx, tx, pg.Statement{Doing: "locking dossier", SQL: `
SELECT ` + dossierColumns + `
FROM dossier d
WHERE d.partner_id = @partner
  AND d.id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "id": dossier}})
}

// SaveDossier writes the state of a locked one.
func SaveDossier(ctx context.Context, tx pg.Tx, d domain.Dossier) error {
	return update(ctx, tx, pg.Statement{Doing: "saving dossier", SQL: `
UPDATE dossier
SET state = @state,
    version = @version
WHERE partner_id = @partner
  AND id = @id`, Args: pgx.NamedArgs{"state": d.State, "version": d.Version, "partner": d.PartnerID, "id": d.ID}})
}

// WasEnded tells whether the two were linked, and the link was ended since.
func WasEnded(ctx context.Context, tx pg.Tx, partner, client id.ID) (bool, error) {
	found, err := maybe[domain.Dossier](ctx, tx, pg.Statement{Doing: "reading an ended dossier", SQL: `
SELECT ` + dossierColumns + `
FROM dossier d
WHERE d.partner_id = @partner
  AND d.client_id = @client
  AND d.state = 'ENDED'
ORDER BY d.id
LIMIT 1`, Args: pgx.NamedArgs{"partner": partner, "client": client}})
	return found != nil, err
}

// LockLiveOfDossier finds a dossier's assignments that have not ended.
func LockLiveOfDossier(ctx context.Context, tx pg.Tx, partner, dossier id.ID) ([]domain.Assignment, error) {
	return collect[domain.Assignment](ctx, tx, pg.Statement{Doing: "locking a dossier's live assignments", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.dossier_id = @dossier
  AND a.state <> 'ENDED'
ORDER BY a.id
LIMIT 100000
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "dossier": dossier}})
}

// SessionsOfDossier gives the ids of a dossier's visits that the decision might
// still know.
func SessionsOfDossier(ctx context.Context, tx pg.Tx, e domain.DossierEnding) ([]id.ID, error) {
	return ids(ctx, tx, pg.Statement{Doing: "reading a dossier's unexpired support sessions", SQL: `
SELECT s.id
FROM support_session s
WHERE s.partner_id = @partner
  AND s.dossier_id = @dossier
  AND s.expire_time > @begun
ORDER BY s.id
LIMIT 10000`, Args: pgx.NamedArgs{"partner": e.PartnerID, "dossier": e.DossierID, "begun": e.CreateTime}})
}

// AddEnding stores an end that begins.
func AddEnding(ctx context.Context, tx pg.Tx, e domain.DossierEnding) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a dossier's end", SQL: `
INSERT INTO dossier_ending (partner_id, id, dossier_id, client_id, side, actor_id, assignments, requests,
  grants, support_sessions, browser_sessions, create_time)
VALUES (@partner_id, @id, @dossier_id, @client_id, @side, @actor_id, @assignments, @requests,
  @grants, @support_sessions, @browser_sessions, @create_time)`, Args: endingArgs(e)})
	return err
}

// SaveEnding writes what ended, and when the last of it was over.
func SaveEnding(ctx context.Context, tx pg.Tx, e domain.DossierEnding) error {
	return update(ctx, tx, pg.Statement{Doing: "saving a dossier's end", SQL: `
UPDATE dossier_ending
SET grants = @grants,
    support_sessions = @support_sessions,
    complete_time = @complete_time
WHERE partner_id = @partner_id
  AND id = @id`, Args: endingArgs(e)})
}

// LatestEnding finds the last end of a dossier; nil when it never ended.
func LatestEnding(ctx context.Context, tx pg.Tx, partner, dossier id.ID) (*domain.DossierEnding, error) {
	return maybe[domain.DossierEnding](ctx, tx, pg.Statement{Doing: "reading a dossier's end", SQL: `
SELECT ` + endingColumns + `
FROM dossier_ending e
WHERE e.partner_id = @partner
  AND e.dossier_id = @dossier
ORDER BY e.id DESC
LIMIT 1`, Args: pgx.NamedArgs{"partner": partner, "dossier": dossier}})
}

// EndingDossiers names dossiers, over all partners, whose end began before and
// is not over, the oldest first.
func EndingDossiers(ctx context.Context, tx pg.Tx, before time.Time, limit int) ([]Unfinished, error) {
	return collect[Unfinished](ctx, tx, pg.Statement{Doing: "reading dossiers whose end is not over", SQL: `
SELECT e.partner_id, e.dossier_id AS id
FROM dossier_ending e
WHERE e.complete_time IS NULL
  AND e.create_time <= @before
ORDER BY e.create_time, e.id
LIMIT @limit`, Args: pgx.NamedArgs{"before": before, "limit": limit}})
}

func endingArgs(e domain.DossierEnding) pgx.NamedArgs {
	return pgx.NamedArgs{
		"partner_id": e.PartnerID, "id": e.ID, "dossier_id": e.DossierID, "client_id": e.ClientID, "side": e.Side,
		"actor_id": e.ActorID, "assignments": e.Assignments, "requests": e.Requests, "grants": e.Grants,
		"support_sessions": e.SupportSessions, "browser_sessions": e.BrowserSessions,
		"create_time": e.CreateTime, "complete_time": e.CompleteTime,
	}
}
