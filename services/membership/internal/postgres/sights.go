package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// NoteSight notes that an invitation's link was opened. Neither the invitation
// nor the link is touched.
func NoteSight(ctx context.Context, tx pg.Tx, i domain.Invitation, by domain.Onlooker) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "noting that a link was opened", SQL: `
INSERT INTO invitation_sight (invitation_id, organization_id, fetches, first_fetch_time, last_fetch_time, open_time, other_time)
SELECT @id::uuid, @organization::uuid, CASE WHEN @by = 'PROGRAM' THEN 1 ELSE 0 END,
  CASE WHEN @by = 'PROGRAM' THEN now() END, CASE WHEN @by = 'PROGRAM' THEN now() END,
  CASE WHEN @by = 'PERSON' THEN now() END, CASE WHEN @by = 'SOMEBODY_ELSE' THEN now() END
ON CONFLICT (invitation_id) DO UPDATE
SET fetches = invitation_sight.fetches + excluded.fetches,
    first_fetch_time = coalesce(invitation_sight.first_fetch_time, excluded.first_fetch_time),
    last_fetch_time = coalesce(excluded.last_fetch_time, invitation_sight.last_fetch_time),
    open_time = coalesce(excluded.open_time, invitation_sight.open_time),
    other_time = coalesce(excluded.other_time, invitation_sight.other_time)`, Args: pgx.NamedArgs{
		"id": i.ID, "organization": i.OrganizationID, "by": string(by),
	}})
	return err
}

// FindSight reads what is known of an invitation's links being opened; the zero
// Sight where nothing is.
func FindSight(ctx context.Context, tx pg.Tx, invitation id.ID) (domain.Sight, error) {
	var s domain.Sight
	err := tx.QueryRow(ctx, `
SELECT fetches, first_fetch_time, last_fetch_time, open_time, other_time
FROM invitation_sight
WHERE invitation_id = @id`, pgx.NamedArgs{"id": invitation}).Scan(
		&s.Fetches, pg.Zeroed(&s.FirstFetch), pg.Zeroed(&s.LastFetch), pg.Zeroed(&s.Opened), pg.Zeroed(&s.OpenedByOther))
	if errors.Is(err, pg.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading what was opened: %w", err)
	}
	return s, nil
}
