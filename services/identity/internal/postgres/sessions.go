package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Sessions keeps browsers' sessions; their tokens as hashes only.
type Sessions struct{}

// Add stores a new session under its token's hash.
func (Sessions) Add(ctx context.Context, tx pg.Tx, s domain.Session, tokenHash []byte) error {
	_, err := tx.Exec(ctx, `
INSERT INTO sessions (id, token_hash, user_id, organization_id, name, amr,
  auth_time, create_time, use_time, expire_time)
VALUES (@id, @hash, @user, @organization, @name, @amr,
  @auth, @create, @use, @expire)`, pgx.NamedArgs{
		"id": s.ID, "hash": tokenHash, "user": s.UserID, "organization": s.OrganizationID,
		"name": s.Name, "amr": s.AMR, "auth": s.AuthTime, "create": s.CreateTime,
		"use": s.UseTime, "expire": s.ExpireTime,
	})
	if err != nil {
		return fmt.Errorf("storing a session: %w", err)
	}
	return nil
}

// ByToken gives the session of a token's hash; pg.ErrNoRows when there is none.
func (Sessions) ByToken(ctx context.Context, tx pg.Tx, tokenHash []byte) (domain.Session, error) {
	rows, err := tx.Query(ctx, `
SELECT id, user_id, organization_id, name, amr, auth_time, create_time, use_time, expire_time, end_time
FROM sessions
WHERE token_hash = @hash
LIMIT 1`, pgx.NamedArgs{"hash": tokenHash})
	if err != nil {
		return domain.Session{}, fmt.Errorf("reading a session: %w", err)
	}
	return oneSession(rows)
}

// Hold gives a person's session and locks its row; pg.ErrNoRows when there is
// none.
func (Sessions) Hold(ctx context.Context, tx pg.Tx, session, user id.ID) (domain.Session, error) {
	rows, err := tx.Query(ctx, `
SELECT id, user_id, organization_id, name, amr, auth_time, create_time, use_time, expire_time, end_time
FROM sessions
WHERE id = @id
  AND user_id = @user
LIMIT 1
FOR UPDATE`, pgx.NamedArgs{"id": session, "user": user})
	if err != nil {
		return domain.Session{}, fmt.Errorf("holding a session: %w", err)
	}
	return oneSession(rows)
}

// Touch writes the last use.
func (Sessions) Touch(ctx context.Context, tx pg.Tx, session id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `
UPDATE sessions
SET use_time = @now
WHERE id = @id
  AND use_time < @now
  AND end_time IS NULL`, pgx.NamedArgs{"id": session, "now": now})
	if err != nil {
		return fmt.Errorf("writing a session's use: %w", err)
	}
	return nil
}

// End is who ends what, and why.
type End struct {
	Reason domain.EndReason
	Now    time.Time
}

// End ends one session; nothing happens to one that ended before.
func (Sessions) End(ctx context.Context, tx pg.Tx, session id.ID, e End) error {
	_, err := tx.Exec(ctx, `
UPDATE sessions
SET end_time = @now, end_reason = @reason
WHERE id = @id
  AND end_time IS NULL`, pgx.NamedArgs{"id": session, "now": e.Now, "reason": string(e.Reason)})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// EndOf ends a person's live sessions in these organisations, or all of them
// when none is named, and gives how many. Those that ran out by themselves do
// not count.
func (Sessions) EndOf(ctx context.Context, tx pg.Tx, user id.ID, organizations []id.ID, e End) (int64, error) {
	tag, err := tx.Exec(ctx, `
UPDATE sessions
SET end_time = @now, end_reason = @reason
WHERE user_id = @user
  AND end_time IS NULL
  AND expire_time > @now
  AND use_time > @idle
  AND (@everywhere OR organization_id = ANY(@organizations))`, pgx.NamedArgs{
		"user": user, "now": e.Now, "reason": string(e.Reason), "idle": e.Now.Add(-domain.IdleLimit),
		"everywhere": len(organizations) == 0, "organizations": organizations,
	})
	if err != nil {
		return 0, fmt.Errorf("ending a user's sessions: %w", err)
	}
	return tag.RowsAffected(), nil
}

// CrowdOut ends the oldest live sessions beyond keep.
func (Sessions) CrowdOut(ctx context.Context, tx pg.Tx, user id.ID, keep int, now time.Time) error {
	_, err := tx.Exec(ctx, `
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
)`, pgx.NamedArgs{
		"user": user, "now": now, "reason": string(domain.CrowdedOut),
		"idle": now.Add(-domain.IdleLimit), "keep": keep,
	})
	if err != nil {
		return fmt.Errorf("ending the oldest sessions: %w", err)
	}
	return nil
}

// Purge removes a batch of sessions that were over before the given moment.
func (Sessions) Purge(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, `
DELETE FROM sessions
WHERE id IN (
  SELECT id
  FROM sessions
  WHERE least(expire_time, end_time) < @before
  ORDER BY id
  LIMIT @batch
)`, pgx.NamedArgs{"before": before, "batch": purgeBatch})
	if err != nil {
		return 0, fmt.Errorf("removing old sessions: %w", err)
	}
	return tag.RowsAffected(), nil
}

func oneSession(rows pgx.Rows) (domain.Session, error) {
	s, err := pgx.CollectExactlyOneRow(rows, sessionFromRow)
	if err != nil {
		return domain.Session{}, fmt.Errorf("reading a session: %w", err)
	}
	return s, nil
}

func sessionFromRow(row pgx.CollectableRow) (domain.Session, error) {
	var s domain.Session
	var end *time.Time
	err := row.Scan(&s.ID, &s.UserID, &s.OrganizationID, &s.Name, &s.AMR,
		&s.AuthTime, &s.CreateTime, &s.UseTime, &s.ExpireTime, &end)
	if end != nil {
		s.EndTime = end.UTC()
	}
	s.AuthTime, s.CreateTime = s.AuthTime.UTC(), s.CreateTime.UTC()
	s.UseTime, s.ExpireTime = s.UseTime.UTC(), s.ExpireTime.UTC()
	return s, err
}
