package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// first finds the assignment by which another partner lists the person c for the
// client of d since before a time: the surest, then the oldest. It reads the
// rows of all partners.
func first(before string) string {
	return `CROSS JOIN LATERAL (
  SELECT o.partner_id, o.id, oc.user_id,
    coalesce(oc.user_id = c.user_id, false) OR (c.email_key <> '' AND oc.email_key = c.email_key) AS same
  FROM collaborator oc
  JOIN assignment o ON o.partner_id = oc.partner_id
    AND o.collaborator_id = oc.id
    AND o.state <> 'ENDED'
    AND o.since_time < ` + before + `
  JOIN dossier od ON od.partner_id = o.partner_id
    AND od.id = o.dossier_id
    AND od.client_id = d.client_id
  WHERE oc.partner_id <> c.partner_id
    AND (oc.user_id = c.user_id OR (c.canonical_key <> '' AND oc.canonical_key = c.canonical_key))
  ORDER BY same DESC, o.since_time, o.id
  LIMIT 1
) f`
}

// ConflictView is an assignment of the partner that came second. What names the
// first partner stays inside.
type ConflictView struct {
	AssignmentView
	Kind     domain.ConflictKind
	AskTime  *time.Time
	KeepTime *time.Time
	// Of the first partner.
	HolderID         id.ID
	HolderAssignment id.ID
	HolderUser       id.ID
}

// ConflictList says which conflicts to list, newest first.
type ConflictList struct {
	Partner    id.ID
	Assignment id.ID // zero: all
	Before     id.ID // zero: the first page
	Limit      int
}

// Conflicts lists them. The transaction must see all partners.
func Conflicts(ctx context.Context, tx pg.Tx, l ConflictList) ([]ConflictView, error) {
	return collect[ConflictView](ctx, tx, pg.Statement{Doing: "listing conflicts", SQL: `
SELECT ` + assignmentViewColumns + `, d.client_name,
  CASE WHEN f.same THEN 'EXACT' ELSE 'ALIKE' END AS kind, w.create_time AS ask_time, r.keep_time,
  f.partner_id AS holder_id, f.id AS holder_assignment, f.user_id AS holder_user
FROM assignment a
JOIN collaborator c ON c.partner_id = a.partner_id AND c.id = a.collaborator_id
JOIN dossier d ON d.partner_id = a.partner_id AND d.id = a.dossier_id
` + first("a.since_time") + `
LEFT JOIN release_wish w ON w.partner_id = a.partner_id AND w.assignment_id = a.id
LEFT JOIN release_request r ON r.id = w.release_request_id AND r.assignment_id = f.id
WHERE a.partner_id = @partner
  AND a.state <> 'ENDED'
  AND (a.state <> 'PENDING_CONSENT' OR a.since_time = a.create_time) -- else what it extends is listed
  AND (@assignment::uuid IS NULL OR a.id = @assignment)
  AND (@before::uuid IS NULL OR a.id < @before)
ORDER BY a.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": l.Partner, "assignment": l.Assignment, "before": l.Before, "limit": l.Limit,
	}})
}

// ConflictsOn tells on which of the dossiers a collaborator who is assigned
// there since a time, or would be, comes second. The transaction must see all
// partners.
func ConflictsOn(ctx context.Context, tx pg.Tx, c domain.Collaborator, s Since) (map[id.ID]domain.ConflictKind, error) {
	type row struct {
		ID   id.ID
		Kind domain.ConflictKind
	}
	found, err := collect[row](ctx, tx, pg.Statement{Doing: "looking for conflicts", SQL: `
SELECT d.id, CASE WHEN f.same THEN 'EXACT' ELSE 'ALIKE' END AS kind
FROM collaborator c
JOIN dossier d ON d.partner_id = c.partner_id AND d.id = ANY (@dossiers::uuid[])
` + first("@since") + `
WHERE c.partner_id = @partner
  AND c.id = @collaborator
ORDER BY d.id
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": c.PartnerID, "collaborator": c.ID, "dossiers": s.Dossiers, "since": s.Time, "limit": len(s.Dossiers),
	}})
	if err != nil {
		return nil, err
	}
	kinds := make(map[id.ID]domain.ConflictKind, len(found))
	for _, r := range found {
		kinds[r.ID] = r.Kind
	}
	return kinds, nil
}

// Since are dossiers, and from when on somebody is assigned there.
type Since struct {
	Dossiers []id.ID
	Time     time.Time
}
