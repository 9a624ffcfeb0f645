package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const removalColumns = `r.partner_id, r.id, r.collaborator_id, r.user_id, r.actor_id, r.stage, r.assignments,
  r.requests, r.grants, r.support_sessions, r.browser_sessions, r.hand_overs, r.create_time, r.complete_time`

// AddRemoval stores a removal that begins, and answers its id: somebody who was
// removed before, and invited again, keeps the row of the first time.
func AddRemoval(ctx context.Context, tx pg.Tx, r domain.Removal) (id.ID, error) {
	type row struct{ ID id.ID }
	stored, err := one[row](ctx, tx, pg.Statement{Doing: "storing removal", SQL: `
INSERT INTO removal (partner_id, id, collaborator_id, user_id, actor_id, stage, assignments,
  requests, grants, support_sessions, browser_sessions, hand_overs, create_time, complete_time)
VALUES (@partner_id, @id, @collaborator_id, @user_id, @actor_id, @stage, @assignments,
  @requests, @grants, @support_sessions, @browser_sessions, @hand_overs, @create_time, @complete_time)
ON CONFLICT ON CONSTRAINT removal_collaborator_unique DO UPDATE
SET user_id = excluded.user_id,
    actor_id = excluded.actor_id,
    stage = excluded.stage,
    assignments = excluded.assignments,
    requests = excluded.requests,
    grants = excluded.grants,
    support_sessions = excluded.support_sessions,
    browser_sessions = excluded.browser_sessions,
    hand_overs = excluded.hand_overs,
    create_time = excluded.create_time,
    complete_time = excluded.complete_time
RETURNING id`, Args: removalArgs(r)})
	return stored.ID, err
}

// SaveRemoval writes how far a removal has come from a stage. It is refused
// with InFlight when another driver was faster.
func SaveRemoval(ctx context.Context, tx pg.Tx, r domain.Removal, from domain.RemovalStage) error {
	args := removalArgs(r)
	args["from"] = from
	saved, err := pg.Exec(ctx, tx, pg.Statement{Doing: "saving removal", SQL: `
UPDATE removal
SET user_id = @user_id,
    stage = @stage,
    assignments = @assignments,
    requests = @requests,
    grants = @grants,
    support_sessions = @support_sessions,
    browser_sessions = @browser_sessions,
    complete_time = @complete_time
WHERE partner_id = @partner_id
  AND id = @id
  AND stage = @from`, Args: args})
	if err == nil && saved == 0 {
		return domain.InFlight
	}
	return err
}

func removalArgs(r domain.Removal) pgx.NamedArgs {
	return pgx.NamedArgs{
		"partner_id": r.PartnerID, "id": r.ID, "collaborator_id": r.CollaboratorID, "user_id": r.UserID,
		"actor_id": r.ActorID, "stage": r.Stage, "assignments": r.Assignments, "requests": r.Requests,
		"grants": r.Grants, "support_sessions": r.SupportSessions, "browser_sessions": r.BrowserSessions,
		"hand_overs":  r.HandOvers,
		"create_time": r.CreateTime, "complete_time": r.CompleteTime,
	}
}

// RemovalOf finds the removal of a collaborator; nil when there is none.
func RemovalOf(ctx context.Context, tx pg.Tx, c domain.Collaborator) (*domain.Removal, error) {
	return maybe[domain.Removal](ctx, tx, pg.Statement{Doing: "reading removal", SQL: `
SELECT ` + removalColumns + `
FROM removal r
WHERE r.partner_id = @partner
  AND r.collaborator_id = @collaborator`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID}})
}

// RemovalLease says who drives a removal, and until when nobody else does.
type RemovalLease struct {
	Partner, Removal id.ID
	Now, Until       time.Time
}

// LeaseRemoval takes a removal for its driver; nil when another one holds it.
func LeaseRemoval(ctx context.Context, tx pg.Tx, l RemovalLease) (*domain.Removal, error) {
	return maybe[domain.Removal](ctx, tx, pg.Statement{Doing: "leasing removal", SQL: `
UPDATE removal r
SET lease_time = @until
WHERE r.partner_id = @partner
  AND r.id = @id
  AND (r.lease_time IS NULL OR r.lease_time <= @now)
RETURNING ` + removalColumns, Args: pgx.NamedArgs{
		"until": l.Until, "partner": l.Partner, "id": l.Removal, "now": l.Now,
	}})
}

// ReleaseRemoval gives the lease back.
func ReleaseRemoval(ctx context.Context, tx pg.Tx, r domain.Removal) error {
	return update(ctx, tx, pg.Statement{Doing: "releasing removal", SQL: `
UPDATE removal
SET lease_time = NULL
WHERE partner_id = @partner
  AND id = @id`, Args: pgx.NamedArgs{"partner": r.PartnerID, "id": r.ID}})
}

// Unfinished names something on its way through the services.
type Unfinished struct{ PartnerID, ID id.ID }

// UnfinishedRemovals names removals, over all partners, that began before and
// that nobody drives now, the oldest first.
func UnfinishedRemovals(ctx context.Context, tx pg.Tx, before, now time.Time, limit int) ([]Unfinished, error) {
	return collect[Unfinished](ctx, tx, pg.Statement{Doing: "reading unfinished removals", SQL: `
SELECT r.partner_id, r.id
FROM removal r
WHERE r.stage <> 'DONE'
  AND r.create_time <= @before
  AND (r.lease_time IS NULL OR r.lease_time <= @now)
ORDER BY r.create_time, r.id
LIMIT @limit`, Args: pgx.NamedArgs{"before": before, "now": now, "limit": limit}})
}
