package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const sessionColumns = `s.partner_id, s.id, s.assignment_id, s.dossier_id, s.collaborator_id, s.product_id,
  s.user_id, s.client_id, s.grant_id, s.consent_id, s.reason, s.start_time, s.expire_time, s.idle,
  s.last_use_time, s.end_time, s.end_actor_id, s.version`

// AddSession stores a visit that begins, and that its assignment was used.
func AddSession(ctx context.Context, tx pg.Tx, s domain.SupportSession) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing support session", SQL: `
WITH used AS (
  UPDATE assignment
  SET first_visit_time = @start_time
  WHERE partner_id = @partner_id
    AND id = @assignment_id
    AND first_visit_time IS NULL
)
INSERT INTO support_session (partner_id, id, assignment_id, dossier_id, collaborator_id, product_id,
  user_id, client_id, grant_id, consent_id, reason, start_time, expire_time, idle,
  last_use_time, end_time, end_actor_id, version)
VALUES (@partner_id, @id, @assignment_id, @dossier_id, @collaborator_id, @product_id,
  @user_id, @client_id, @grant_id, @consent_id, @reason, @start_time, @expire_time, @idle,
  @last_use_time, @end_time, @end_actor_id, @version)`, Args: sessionArgs(s)})
	return err
}

// SaveSession writes what may change of one.
func SaveSession(ctx context.Context, tx pg.Tx, s domain.SupportSession) error {
	return update(ctx, tx, pg.Statement{Doing: "saving support session", SQL: `
UPDATE support_session
SET end_time = @end_time,
    end_actor_id = @end_actor_id,
    version = @version
WHERE partner_id = @partner_id
  AND id = @id`, Args: sessionArgs(s)})
}

func sessionArgs(s domain.SupportSession) pgx.NamedArgs {
	return pgx.NamedArgs{
		"partner_id": s.PartnerID, "id": s.ID, "assignment_id": s.AssignmentID, "dossier_id": s.DossierID,
		"collaborator_id": s.CollaboratorID, "product_id": s.ProductID, "user_id": s.UserID,
		"client_id": s.ClientID, "grant_id": s.GrantID, "consent_id": s.ConsentID, "reason": s.Reason,
		"start_time": s.StartTime, "expire_time": s.ExpireTime, "idle": s.Idle,
		"last_use_time": s.LastUseTime, "end_time": s.EndTime, "end_actor_id": s.EndActorID,
		"version": s.Version,
	}
}

// LockSession finds a visit by its id alone and keeps it from changing. In a
// tenant's transaction it finds that tenant's only.
func LockSession(ctx context.Context, tx pg.Tx, session id.ID) (domain.SupportSession, error) {
	return one[domain.SupportSession](ctx, tx, pg.Statement{Doing: "locking support session", SQL: `
SELECT ` + sessionColumns + `
FROM support_session s
WHERE s.id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"id": session}})
}

// UseSession notes that the product just asked about a visit; false when it
// ended meanwhile.
func UseSession(ctx context.Context, tx pg.Tx, s domain.SupportSession, now time.Time) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "marking support session as used", SQL: `
UPDATE support_session
SET last_use_time = greatest(last_use_time, @now)
WHERE partner_id = @partner
  AND id = @id
  AND end_time IS NULL`, Args: pgx.NamedArgs{"now": now, "partner": s.PartnerID, "id": s.ID}})
	return changed == 1, err
}

// SessionDetails is a visit with all that a token says about it.
type SessionDetails struct {
	domain.SupportSession
	GivenName       string
	FamilyName      string
	PartnerName     string
	ClientName      string
	AssignmentState domain.AssignmentState
	ProductName     string
	EnterURL        string
	Audience        string
	SpiffeID        string
}

// Session finds a visit by its id alone, with its surroundings.
func Session(ctx context.Context, tx pg.Tx, session id.ID) (SessionDetails, error) {
	return one[SessionDetails](ctx, tx, pg.Statement{Doing: "reading support session", SQL: `
SELECT ` + sessionColumns + `, c.given_name, c.family_name, d.partner_name, d.client_name,
  a.state AS assignment_state, p.name AS product_name, p.enter_url, p.audience, p.spiffe_id
FROM support_session s
JOIN collaborator c ON c.partner_id = s.partner_id AND c.id = s.collaborator_id
JOIN dossier d ON d.partner_id = s.partner_id AND d.id = s.dossier_id
JOIN assignment a ON a.partner_id = s.partner_id AND a.id = s.assignment_id
JOIN product p ON p.id = s.product_id
WHERE s.id = @id`, Args: pgx.NamedArgs{"id": session}})
}

// LockOpenSessions finds the visits of assignments of one partner that have not
// ended.
func LockOpenSessions(ctx context.Context, tx pg.Tx, of []domain.Assignment) ([]domain.SupportSession, error) {
	if len(of) == 0 {
		return nil, nil
	}
	return collect[domain.SupportSession](ctx, tx, pg.Statement{Doing: "locking open support sessions", SQL: `
SELECT ` + sessionColumns + `
FROM support_session s
WHERE s.partner_id = @partner
  AND s.assignment_id = ANY (@assignments::uuid[])
  AND s.end_time IS NULL
ORDER BY s.id
LIMIT 10000
FOR UPDATE`, Args: pgx.NamedArgs{
		"partner": of[0].PartnerID, "assignments": fields.Each(of, func(a domain.Assignment) id.ID { return a.ID }),
	}})
}

// CountOpenSessions counts a collaborator's visits that have not ended.
func CountOpenSessions(ctx context.Context, tx pg.Tx, c domain.Collaborator) (int32, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "counting open support sessions", SQL: `
SELECT count(*)::integer
FROM support_session s
WHERE s.partner_id = @partner
  AND s.collaborator_id = @collaborator
  AND s.end_time IS NULL`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID}}, pgx.RowTo[int32])
}

// UnexpiredSessions gives the ids of a collaborator's visits that the decision
// might still know.
func UnexpiredSessions(ctx context.Context, tx pg.Tx, r domain.Removal, now time.Time) ([]id.ID, error) {
	return ids(ctx, tx, pg.Statement{Doing: "reading unexpired support sessions", SQL: `
SELECT s.id
FROM support_session s
WHERE s.partner_id = @partner
  AND s.collaborator_id = @collaborator
  AND s.expire_time > @now
ORDER BY s.id
LIMIT 10000`, Args: pgx.NamedArgs{"partner": r.PartnerID, "collaborator": r.CollaboratorID, "now": now}})
}

// OverdueSessions gives the ids of visits, over all partners, whose time is
// over and that nobody ended.
func OverdueSessions(ctx context.Context, tx pg.Tx, now time.Time, limit int) ([]id.ID, error) {
	return ids(ctx, tx, pg.Statement{Doing: "reading overdue support sessions", SQL: `
SELECT s.id
FROM support_session s
WHERE s.end_time IS NULL
  AND (s.expire_time <= @now OR s.last_use_time + s.idle <= @now)
ORDER BY s.start_time, s.id
LIMIT @limit`, Args: pgx.NamedArgs{"now": now, "limit": limit}})
}

func ids(ctx context.Context, tx pg.Tx, s pg.Statement) ([]id.ID, error) {
	return pg.Many(ctx, tx, s, pgx.RowTo[id.ID])
}

// SessionList says which visits to list, newest first.
type SessionList struct {
	Partner id.ID
	User    id.ID      // zero: everybody's
	Dossier id.ID      // zero: all
	Live    *time.Time // only those that run at this time; nil: all
	Before  id.ID      // zero: the first page
	Limit   int
}

// SessionView is a visit with the tag that the collaborator had when it began.
type SessionView struct {
	domain.SupportSession
	CollaboratorTag domain.TagKind // empty: untagged then
}

// Sessions lists a partner's visits.
func Sessions(ctx context.Context, tx pg.Tx, l SessionList) ([]SessionView, error) {
	return collect[SessionView](ctx, tx, pg.Statement{Doing: "listing support sessions", SQL: `
SELECT ` + sessionColumns + `, coalesce(t.kind, '') AS collaborator_tag
FROM support_session s
LEFT JOIN collaborator_tag t ON t.partner_id = s.partner_id
  AND t.collaborator_id = s.collaborator_id
  AND t.since_time <= s.start_time
  AND (t.until_time IS NULL OR t.until_time > s.start_time)
WHERE s.partner_id = @partner
  AND (@user::uuid IS NULL OR s.user_id = @user)
  AND (@dossier::uuid IS NULL OR s.dossier_id = @dossier)
  AND (@live::timestamptz IS NULL
    OR (s.end_time IS NULL AND s.expire_time > @live AND s.last_use_time + s.idle > @live))
  AND (@before::uuid IS NULL OR s.id < @before)
ORDER BY s.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": l.Partner, "user": l.User, "dossier": l.Dossier, "live": l.Live, "before": l.Before, "limit": l.Limit,
	}})
}
