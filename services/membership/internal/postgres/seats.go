package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// LockSeats counts an organisation's seats and keeps others from taking one
// until the transaction ends. Where there is no limit nobody waits, and nothing
// is counted.
func LockSeats(ctx context.Context, tx pg.Tx, organization id.ID) (domain.Seats, error) {
	_, err := pg.One(ctx, tx, pg.Statement{Doing: "locking seats", SQL: `
SELECT seat_limit
FROM organization
WHERE id = @organization
  AND seat_limit IS NOT NULL
FOR NO KEY UPDATE`, Args: pgx.NamedArgs{"organization": organization}}, pgx.RowTo[int])
	if errors.Is(err, pg.ErrNoRows) {
		return domain.Seats{}, nil
	}
	if err != nil {
		return domain.Seats{}, err
	}
	return CountSeats(ctx, tx, organization)
}

// CountSeats counts an organisation's seats; pg.ErrNoRows when it is not in
// sight.
func CountSeats(ctx context.Context, tx pg.Tx, organization id.ID) (domain.Seats, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "counting seats", SQL: `
SELECT
  (SELECT count(*) FROM member m WHERE m.organization_id = o.id AND ` + memberLives + `),
  (SELECT count(*) FROM invitation i WHERE i.organization_id = o.id AND i.state = 'PENDING' AND i.expire_time > now() AND i.role <> 'CONTACT'),
  coalesce(o.seat_limit, 0)
FROM organization o
WHERE o.id = @organization`, Args: pgx.NamedArgs{"organization": organization}}, pgx.RowToStructByPos[domain.Seats])
}

// SetSeatLimit stores the limit, zero for none, and answers the one before;
// pg.ErrNoRows when the organisation is not in sight.
func SetSeatLimit(ctx context.Context, tx pg.Tx, organization id.ID, limit int) (int, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "setting the seat limit", SQL: `
WITH before AS (
  SELECT id, coalesce(seat_limit, 0) AS seat_limit
  FROM organization
  WHERE id = @organization
  FOR NO KEY UPDATE
)
UPDATE organization o
SET seat_limit = nullif(@limit::integer, 0)
FROM before
WHERE o.id = before.id
RETURNING before.seat_limit`, Args: pgx.NamedArgs{"organization": organization, "limit": limit}}, pgx.RowTo[int])
}

// SetOrganizationState stores the state and tells whether it changed.
func SetOrganizationState(ctx context.Context, tx pg.Tx, organization id.ID, state domain.OrganizationState) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing organization", SQL: `
UPDATE organization
SET state = @state
WHERE id = @organization
  AND state <> @state`, Args: pgx.NamedArgs{"organization": organization, "state": state}})
	return changed == 1, err
}
