package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const assignmentColumns = `a.partner_id, a.id, a.dossier_id, a.collaborator_id, a.requester_id, a.consent_id,
  a.reason, a.proposed_duration, a.state, a.end_reason, a.version, a.create_time, a.expire_time,
  a.end_time, a.end_actor_id, a.predecessor_id, a.offered, a.urgent, a.mail_time, a.unreachable_time`

// AddAssignments stores new assignments in one round trip. The caller holds
// the collaborator's lock and knows that none of them lives already.
func AddAssignments(ctx context.Context, tx pg.Tx, list []domain.Assignment) error {
	batch := &pgx.Batch{}
	for _, a := range list {
		batch.Queue(`
INSERT INTO assignment (partner_id, id, dossier_id, collaborator_id, requester_id, consent_id,
  reason, proposed_duration, state, end_reason, version, create_time, expire_time, end_time, end_actor_id,
  predecessor_id, offered, urgent, since_time)
VALUES (@partner_id, @id, @dossier_id, @collaborator_id, @requester_id, @consent_id,
  @reason, @proposed_duration, @state, @end_reason, @version, @create_time, @expire_time, @end_time, @end_actor_id,
  @predecessor_id, @offered, @urgent, coalesce((
    SELECT p.since_time
    FROM assignment p
    WHERE p.partner_id = @partner_id
      AND p.id = @predecessor_id
      AND p.collaborator_id = @collaborator_id
      AND p.state <> 'ENDED'
  ), @create_time))`,
			assignmentArgs(a))
	}
	err := tx.SendBatch(ctx, batch).Close()
	if pg.IsUnique(err, "assignment_live") {
		return domain.AlreadyAssigned
	}
	if pg.IsUnique(err, "assignment_hand_over") {
		return domain.HandOverPending
	}
	if err != nil {
		return fmt.Errorf("storing assignments: %w", err)
	}
	return nil
}

// SaveAssignment writes what may change of one.
func SaveAssignment(ctx context.Context, tx pg.Tx, a domain.Assignment) error {
	return SaveAssignments(ctx, tx, []domain.Assignment{a})
}

// SaveAssignments is SaveAssignment for several of one partner, in one
// statement. The caller has locked the rows.
func SaveAssignments(ctx context.Context, tx pg.Tx, list []domain.Assignment) error {
	if len(list) == 0 {
		return nil
	}
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "saving assignments", SQL: `
UPDATE assignment a
SET consent_id = s.consent_id,
    mail_time = s.mail_time,
    state = s.state,
    end_reason = s.end_reason,
    version = s.version,
    expire_time = s.expire_time,
    end_time = s.end_time,
    end_actor_id = s.end_actor_id
FROM unnest(@ids::uuid[], @consents::uuid[], @mail_times::timestamptz[], @states::text[], @reasons::text[],
  @versions::bigint[], @expire_times::timestamptz[], @end_times::timestamptz[], @actors::uuid[])
  AS s (id, consent_id, mail_time, state, end_reason, version, expire_time, end_time, end_actor_id)
WHERE a.partner_id = @partner
  AND a.id = s.id`, Args: pgx.NamedArgs{
		"partner":      list[0].PartnerID,
		"ids":          fields.Each(list, func(a domain.Assignment) id.ID { return a.ID }),
		"consents":     fields.Each(list, func(a domain.Assignment) id.ID { return a.ConsentID }),
		"mail_times":   fields.Each(list, func(a domain.Assignment) *time.Time { return a.MailTime }),
		"states":       fields.Each(list, func(a domain.Assignment) string { return string(a.State) }),
		"reasons":      fields.Each(list, func(a domain.Assignment) string { return string(a.EndReason) }),
		"versions":     fields.Each(list, func(a domain.Assignment) int64 { return a.Version }),
		"expire_times": fields.Each(list, func(a domain.Assignment) *time.Time { return a.ExpireTime }),
		"end_times":    fields.Each(list, func(a domain.Assignment) *time.Time { return a.EndTime }),
		"actors":       fields.Each(list, func(a domain.Assignment) id.ID { return a.EndActorID }),
	}})
	if err == nil && changed != int64(len(list)) {
		err = fmt.Errorf("saving assignments: %d rows instead of %d", changed, len(list))
	}
	return err
}

func assignmentArgs(a domain.Assignment) pgx.NamedArgs {
	return pgx.NamedArgs{
		"partner_id": a.PartnerID, "id": a.ID, "dossier_id": a.DossierID, "collaborator_id": a.CollaboratorID,
		"requester_id": a.RequesterID, "consent_id": a.ConsentID, "reason": a.Reason,
		"proposed_duration": a.ProposedDuration, "state": a.State, "end_reason": a.EndReason,
		"version": a.Version, "create_time": a.CreateTime, "expire_time": a.ExpireTime,
		"end_time": a.EndTime, "end_actor_id": a.EndActorID, "predecessor_id": a.PredecessorID,
		"offered": a.Offered, "urgent": a.Urgent, "mail_time": a.MailTime,
	}
}

// LockAssignment finds one and keeps it from changing.
func LockAssignment(ctx context.Context, tx pg.Tx, partner, assignment id.ID) (domain.Assignment, error) {
	return one[domain.Assignment](ctx, tx, pg.Statement{Doing: "locking assignment", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "id": assignment}})
}

// LockLiveAssignments finds a collaborator's assignments that have not ended.
func LockLiveAssignments(ctx context.Context, tx pg.Tx, partner, collaborator id.ID) ([]domain.Assignment, error) {
	return collect[domain.Assignment](ctx, tx, pg.Statement{Doing: "locking live assignments", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.state <> 'ENDED'
ORDER BY a.id
LIMIT 100000
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "collaborator": collaborator}})
}

// LatestAssignment finds the assignment of a collaborator on a dossier that
// counts: the one that runs, else the one that waits, else the newest; nil when
// there never was one.
func LatestAssignment(ctx context.Context, tx pg.Tx, c domain.Collaborator, dossier id.ID) (*domain.Assignment, error) {
	return maybe[domain.Assignment](ctx, tx, pg.Statement{Doing: "reading latest assignment", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.dossier_id = @dossier
ORDER BY (a.state = 'ENDED'), (a.state = 'PENDING_CONSENT'), a.id DESC
LIMIT 1`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID, "dossier": dossier}})
}

// WaitingAssignment finds the assignment of a collaborator on a dossier that the
// client has not answered; nil when there is none.
func WaitingAssignment(ctx context.Context, tx pg.Tx, c domain.Collaborator, dossier id.ID) (*domain.Assignment, error) {
	return maybe[domain.Assignment](ctx, tx, pg.Statement{Doing: "reading waiting assignment", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.dossier_id = @dossier
  AND a.state = 'PENDING_CONSENT'`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID, "dossier": dossier}})
}

// LatestAsked finds the newest assignment of a collaborator on a dossier that
// the client was asked for; nil when there is none.
func LatestAsked(ctx context.Context, tx pg.Tx, c domain.Collaborator, dossier id.ID) (*domain.Assignment, error) {
	return maybe[domain.Assignment](ctx, tx, pg.Statement{Doing: "reading latest request", SQL: `
SELECT ` + assignmentColumns + `
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.dossier_id = @dossier
  AND a.consent_id IS NOT NULL
ORDER BY a.id DESC
LIMIT 1`, Args: pgx.NamedArgs{"partner": c.PartnerID, "collaborator": c.ID, "dossier": dossier}})
}

// AssignedDossiers tells on which of the dossiers the collaborator has a live
// assignment.
func AssignedDossiers(ctx context.Context, tx pg.Tx, c domain.Collaborator, dossiers []id.ID) (map[id.ID]bool, error) {
	type row struct{ DossierID id.ID }
	found, err := collect[row](ctx, tx, pg.Statement{Doing: "reading assigned dossiers", SQL: `
SELECT a.dossier_id
FROM assignment a
WHERE a.partner_id = @partner
  AND a.collaborator_id = @collaborator
  AND a.dossier_id = ANY (@dossiers::uuid[])
  AND a.state <> 'ENDED'
GROUP BY a.dossier_id
ORDER BY a.dossier_id
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": c.PartnerID, "collaborator": c.ID, "dossiers": dossiers, "limit": len(dossiers),
	}})
	if err != nil {
		return nil, err
	}
	assigned := make(map[id.ID]bool, len(found))
	for _, r := range found {
		assigned[r.DossierID] = true
	}
	return assigned, nil
}

// AssignmentView is an assignment with its collaborator's name.
type AssignmentView struct {
	domain.Assignment
	CollaboratorName string
	ClientName       string // of lists that go over dossiers
}

const assignmentViewColumns = assignmentColumns + `, btrim(c.given_name || ' ' || c.family_name) AS collaborator_name`

// AssignmentList says which assignments to list, newest first.
type AssignmentList struct {
	Partner      id.ID
	Dossier      id.ID // zero: all
	Collaborator id.ID // zero: all
	Before       id.ID // zero: the first page
	Limit        int
}

// Assignments lists a partner's assignments.
func Assignments(ctx context.Context, tx pg.Tx, l AssignmentList) ([]AssignmentView, error) {
	return collect[AssignmentView](ctx, tx, pg.Statement{Doing: "listing assignments", SQL: `
SELECT ` + assignmentViewColumns + `, d.client_name
FROM assignment a
JOIN collaborator c ON c.partner_id = a.partner_id AND c.id = a.collaborator_id
JOIN dossier d ON d.partner_id = a.partner_id AND d.id = a.dossier_id
WHERE a.partner_id = @partner
  AND (@dossier::uuid IS NULL OR a.dossier_id = @dossier)
  AND (@collaborator::uuid IS NULL OR a.collaborator_id = @collaborator)
  AND (@before::uuid IS NULL OR a.id < @before)
ORDER BY a.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": l.Partner, "dossier": l.Dossier, "collaborator": l.Collaborator,
		"before": l.Before, "limit": l.Limit,
	}})
}

// LiveAssignments gives what has not ended on each of the dossiers, newest
// first, at most perDossier each. Collaborator: only theirs; zero: all.
func LiveAssignments(ctx context.Context, tx pg.Tx, l AssignmentList, dossiers []id.ID) (map[id.ID][]AssignmentView, error) {
	found, err := collect[AssignmentView](ctx, tx, pg.Statement{Doing: "reading live assignments", SQL: `
SELECT ` + assignmentViewColumns + `, '' AS client_name
FROM unnest(@dossiers::uuid[]) AS wanted (dossier_id)
CROSS JOIN LATERAL (
  SELECT ` + assignmentColumns + `
  FROM assignment a
  WHERE a.partner_id = @partner
    AND a.dossier_id = wanted.dossier_id
    AND (@collaborator::uuid IS NULL OR a.collaborator_id = @collaborator)
    AND a.state <> 'ENDED'
  ORDER BY a.id DESC
  LIMIT @limit
) a
JOIN collaborator c ON c.partner_id = a.partner_id AND c.id = a.collaborator_id
ORDER BY a.id DESC
LIMIT @total`, Args: pgx.NamedArgs{
		"partner": l.Partner, "collaborator": l.Collaborator, "dossiers": dossiers,
		"limit": l.Limit, "total": l.Limit * len(dossiers),
	}})
	if err != nil {
		return nil, err
	}
	byDossier := map[id.ID][]AssignmentView{}
	for _, a := range found {
		byDossier[a.DossierID] = append(byDossier[a.DossierID], a)
	}
	return byDossier, nil
}
