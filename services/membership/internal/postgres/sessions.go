package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// partnerLives is true of a grant entry e whose subject still works for a
// partner that works: a grant speaks only through a live membership. OFFSET 0
// keeps the planner from reading every membership into a hash instead.
const partnerLives = `EXISTS (
      SELECT FROM access_entry m
      JOIN organization v ON v.id = m.account_id
      WHERE m.account_id = e.via_partner
        AND m.subject_id = e.subject_id
        AND m.source = 'MEMBERSHIP'
        AND m.end_time IS NULL
        AND NOT m.suspended
        AND (m.valid_until IS NULL OR m.valid_until > now())
        AND v.state = 'ACTIVE'
      OFFSET 0)`

// LockGrantInForce finds the grant that a session stands on, or would stand on
// when it is new, and keeps it from ending before the transaction does;
// pg.ErrNoRows when there is none.
func LockGrantInForce(ctx context.Context, tx pg.Tx, s domain.SupportSession) (domain.Grant, error) {
	var g domain.Grant
	var until *time.Time
	err := tx.QueryRow(ctx, `
SELECT e.id, e.consent_id, e.valid_until
FROM access_entry e
JOIN organization o ON o.id = e.account_id
WHERE e.account_id = @account
  AND e.subject_id = @subject
  AND e.via_partner = @partner
  AND e.source = 'GRANT'
  AND e.end_time IS NULL
  AND NOT e.suspended
  AND e.valid_from <= now()
  AND (e.valid_until IS NULL OR e.valid_until > now())
  AND o.state = 'ACTIVE'
  AND `+partnerLives+`
ORDER BY e.id IS NOT DISTINCT FROM (SELECT s.grant_id FROM support_session s WHERE s.id = @id) DESC,
  e.valid_until DESC NULLS FIRST, e.id
LIMIT 1
FOR SHARE OF e`, pgx.NamedArgs{"id": s.ID, "account": s.AccountID, "subject": s.SubjectID, "partner": s.PartnerID}).
		Scan(&g.ID, &g.ConsentID, &until)
	if err != nil {
		return g, fmt.Errorf("reading grant: %w", err)
	}
	g.ValidUntil = pg.TimeOf(until)
	return g, nil
}

// InsertSession stores a session; one that is known stays as it is.
func InsertSession(ctx context.Context, tx pg.Tx, s domain.SupportSession) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing support session", SQL: `
INSERT INTO support_session (id, account_id, subject_id, partner_id, grant_id, expire_time)
VALUES (@id, @account, @subject, @partner, @grant, @expires)
ON CONFLICT (id) DO NOTHING`, Args: pgx.NamedArgs{
		"id": s.ID, "account": s.AccountID, "subject": s.SubjectID, "partner": s.PartnerID,
		"grant": s.GrantID, "expires": s.ExpireTime,
	}})
	return err
}

// FindSession reads one; pg.ErrNoRows when there is none.
func FindSession(ctx context.Context, tx pg.Tx, session id.ID) (domain.SupportSession, error) {
	var s domain.SupportSession
	err := tx.QueryRow(ctx, `
SELECT id, account_id, subject_id, partner_id, grant_id, expire_time, close_time IS NOT NULL OR expire_time <= now()
FROM support_session
WHERE id = @id`, pgx.NamedArgs{"id": session}).
		Scan(&s.ID, &s.AccountID, &s.SubjectID, &s.PartnerID, &s.GrantID, &s.ExpireTime, &s.Closed)
	if err != nil {
		return s, fmt.Errorf("reading support session: %w", err)
	}
	return s, nil
}

// CloseSessions closes sessions by their ids; it answers how many were open.
func CloseSessions(ctx context.Context, tx pg.Tx, sessions []id.ID) (int, error) {
	return closeSessions(ctx, tx, "id = ANY(@ids::uuid[])", pgx.NamedArgs{"ids": sessions})
}

// CloseSessionsUnder closes the sessions that stand on the grants.
func CloseSessionsUnder(ctx context.Context, tx pg.Tx, grants []id.ID) (int, error) {
	return closeSessions(ctx, tx, "grant_id = ANY(@ids::uuid[])", pgx.NamedArgs{"ids": grants})
}

// CloseSessionsVia closes the sessions of a person through a partner.
func CloseSessionsVia(ctx context.Context, tx pg.Tx, partner, subject id.ID) (int, error) {
	return closeSessions(ctx, tx, "partner_id = @partner AND subject_id = @subject",
		pgx.NamedArgs{"partner": partner, "subject": subject})
}

func closeSessions(ctx context.Context, tx pg.Tx, which string, args pgx.NamedArgs) (int, error) {
	return pg.One(ctx, tx, closingSessions(which, args), pgx.RowTo[int])
}

// closingSessions closes sessions, and answers how many were open.
func closingSessions(which string, args pgx.NamedArgs) pg.Statement {
	return pg.Statement{Doing: "closing support sessions", SQL: `
WITH locked AS (
  SELECT id
  FROM support_session
  WHERE ` + which + `
    AND close_time IS NULL
  ORDER BY id
  FOR UPDATE
), closed AS (
  UPDATE support_session s
  SET close_time = now()
  FROM locked
  WHERE s.id = locked.id
  RETURNING s.expire_time > now() AS open
)
SELECT count(*) FILTER (WHERE open)
FROM closed`, Args: args}
}

func counted(n *int) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		return err
	}
}
