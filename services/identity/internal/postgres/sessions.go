package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const sessionColumns = `id, user_id, organization_id, name, amr, auth_time, create_time, use_time, expire_time, end_time,
  step_up_time, device, network, agent`

// InsertSession stores a new session under its token's hash: the token itself
// is kept nowhere.
func InsertSession(ctx context.Context, tx pg.Tx, s domain.Session, tokenHash []byte) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing a session", SQL: `
INSERT INTO sessions (id, token_hash, user_id, organization_id, name, amr,
  auth_time, create_time, use_time, expire_time, step_up_time, device, network, agent)
VALUES (@id, @hash, @user, @organization, @name, @amr,
  @auth, @create, @use, @expire, @step_up, @device, @network, @agent)`, Args: pgx.NamedArgs{
		"id": s.ID, "hash": tokenHash, "user": s.UserID, "organization": s.OrganizationID,
		"name": s.Name, "amr": s.AMR, "auth": s.AuthTime, "create": s.CreateTime,
		"use": s.UseTime, "expire": s.ExpireTime, "step_up": pg.NullTime(s.StepUpTime), "device": s.Device, "network": s.Network,
		"agent": s.Agent,
	}})
	return err
}

// FindSession gives the session of a token's hash; pg.ErrNoRows when there is
// none.
func FindSession(ctx context.Context, tx pg.Tx, tokenHash []byte) (domain.Session, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a session", SQL: `
SELECT ` + sessionColumns + `
FROM sessions
WHERE token_hash = @hash
LIMIT 1`, Args: pgx.NamedArgs{"hash": tokenHash}}, sessionFromRow)
}

// LockSession gives a person's session and locks its row; pg.ErrNoRows when
// there is none.
func LockSession(ctx context.Context, tx pg.Tx, session, user id.ID) (domain.Session, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "locking a session", SQL: `
SELECT ` + sessionColumns + `
FROM sessions
WHERE id = @id
  AND user_id = @user
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"id": session, "user": user}}, sessionFromRow)
}

// TouchSession writes the last use.
func TouchSession(ctx context.Context, tx pg.Tx, session id.ID, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "writing a session's use", SQL: `
UPDATE sessions
SET use_time = @now
WHERE id = @id
  AND use_time < @now
  AND end_time IS NULL`, Args: pgx.NamedArgs{"id": session, "now": now}})
	return err
}

// End is who ends what, and why.
type End struct {
	Reason domain.EndReason
	Now    time.Time
}

// EndSession ends one session; nothing happens to one that ended before.
func EndSession(ctx context.Context, tx pg.Tx, session id.ID, e End) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "ending a session", SQL: `
UPDATE sessions
SET end_time = @now, end_reason = @reason
WHERE id = @id
  AND end_time IS NULL`, Args: pgx.NamedArgs{"id": session, "now": e.Now, "reason": string(e.Reason)}})
	return err
}

// EndOtherSessions ends a person's live sessions but one, and gives how many.
func EndOtherSessions(ctx context.Context, tx pg.Tx, user, kept id.ID, e End) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "ending a user's other sessions", SQL: `
UPDATE sessions
SET end_time = @now, end_reason = @reason
WHERE user_id = @user
  AND id <> @kept
  AND end_time IS NULL
  AND expire_time > @now
  AND use_time > @idle`, Args: pgx.NamedArgs{
		"user": user, "kept": kept, "now": e.Now, "reason": string(e.Reason), "idle": e.Now.Add(-domain.IdleLimit),
	}})
}

// Slice is a part of a list: Limit rows after the given one, which is zero on
// the first page.
type Slice struct {
	AfterTime time.Time
	AfterID   id.ID
	Limit     int
}

// ListSessions lists a person's live sessions, newest first.
func ListSessions(ctx context.Context, tx pg.Tx, user id.ID, now time.Time, s Slice) ([]domain.Session, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing sessions", SQL: `
SELECT ` + sessionColumns + `
FROM sessions
WHERE user_id = @user
  AND end_time IS NULL
  AND expire_time > @now
  AND use_time > @idle
  AND (@first OR (create_time, id) < (@after_time, @after_id::uuid))
ORDER BY create_time DESC, id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"user": user, "now": now, "idle": now.Add(-domain.IdleLimit),
		"first": s.AfterID.IsZero(), "after_time": s.AfterTime, "after_id": s.AfterID, "limit": s.Limit,
	}}, sessionFromRow)
}

// EndSessions ends a person's live sessions in these organisations, or all of
// them when none is named, and gives how many. Those that ran out by themselves
// do not count.
func EndSessions(ctx context.Context, tx pg.Tx, user id.ID, organizations []id.ID, e End) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "ending a user's sessions", SQL: `
UPDATE sessions
SET end_time = @now, end_reason = @reason
WHERE user_id = @user
  AND end_time IS NULL
  AND expire_time > @now
  AND use_time > @idle
  AND (@everywhere OR organization_id = ANY(@organizations))`, Args: pgx.NamedArgs{
		"user": user, "now": e.Now, "reason": string(e.Reason), "idle": e.Now.Add(-domain.IdleLimit),
		"everywhere": len(organizations) == 0, "organizations": organizations,
	}})
}

// CrowdOut ends the oldest live sessions beyond keep.
func CrowdOut(ctx context.Context, tx pg.Tx, user id.ID, keep int, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "ending the oldest sessions", SQL: `
UPDATE sessions
SET end_time = @now, end_reason = @reason
WHERE id IN (
  SELECT id
  FROM sessions
  WHERE user_id = @user
    AND end_time IS NULL
    AND expire_time > @now
    AND use_time > @idle
  ORDER BY create_time DESC, id DESC
  LIMIT 1000
  OFFSET @keep
)`, Args: pgx.NamedArgs{
		"user": user, "now": now, "reason": string(domain.CrowdedOut),
		"idle": now.Add(-domain.IdleLimit), "keep": keep,
	}})
	return err
}

// PurgeSessions removes a batch of sessions that were over before the given moment.
func PurgeSessions(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "removing old sessions", SQL: `
DELETE FROM sessions
WHERE id IN (
  SELECT id
  FROM sessions
  WHERE least(expire_time, end_time) < @before
  ORDER BY id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}

func sessionFromRow(row pgx.CollectableRow) (domain.Session, error) {
	var s domain.Session
	var end, stepUp *time.Time
	err := row.Scan(&s.ID, &s.UserID, &s.OrganizationID, &s.Name, &s.AMR,
		&s.AuthTime, &s.CreateTime, &s.UseTime, &s.ExpireTime, &end, &stepUp, &s.Device, &s.Network, &s.Agent)
	s.AuthTime, s.CreateTime = s.AuthTime.UTC(), s.CreateTime.UTC()
	s.UseTime, s.ExpireTime, s.EndTime = s.UseTime.UTC(), s.ExpireTime.UTC(), pg.TimeOf(end)
	s.StepUpTime = pg.TimeOf(stepUp)
	return s, err
}
