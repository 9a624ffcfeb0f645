package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// LockQuota keeps others from counting an organisation's invitations until the
// transaction ends. Who goes on to several invitations takes it first: two who
// do would else wait for each other in a circle.
func LockQuota(ctx context.Context, tx pg.Tx, organization id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "locking the count of invitations", SQL: `
INSERT INTO invitation_quota (organization_id, used_until)
VALUES (@organization, '-infinity')
ON CONFLICT (organization_id) DO UPDATE
SET used_until = invitation_quota.used_until`, Args: pgx.NamedArgs{"organization": organization}})
	return err
}

// CountInvitation counts one invitation at now, unless there have been too many:
// domain.InvitationsExhausted. One statement, so that of many at once none is
// overlooked.
func CountInvitation(ctx context.Context, tx pg.Tx, organization id.ID, q domain.Quota, now time.Time) error {
	args := pgx.NamedArgs{"organization": organization, "now": now, "interval": q.Interval(), "per": q.Per}
	counted, err := pg.Exec(ctx, tx, pg.Statement{Doing: "counting an invitation", SQL: `
INSERT INTO invitation_quota (organization_id, used_until)
VALUES (@organization, @now::timestamptz + @interval::interval)
ON CONFLICT (organization_id) DO UPDATE
SET used_until = greatest(invitation_quota.used_until, @now) + @interval
WHERE greatest(invitation_quota.used_until, @now) + @interval <= @now::timestamptz + @per::interval`, Args: args})
	if err != nil || counted == 1 {
		return err
	}
	until, err := pg.One(ctx, tx, pg.Statement{Doing: "reading the count of invitations", SQL: `
SELECT used_until
FROM invitation_quota
WHERE organization_id = @organization`, Args: args}, pgx.RowTo[time.Time])
	if err != nil {
		return err
	}
	return domain.InvitationsExhausted{Limit: q.Size, Wait: q.Wait(until, now)}
}
