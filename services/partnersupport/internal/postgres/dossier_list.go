package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// DossiersAfter is where a list of dossiers goes on.
type DossiersAfter struct {
	SortName string
	ID       id.ID
}

// bind names the place to statements; nil is before every row.
func (a *DossiersAfter) bind(args pgx.NamedArgs) {
	args["name"], args["id"] = "", "00000000-0000-0000-0000-000000000000"
	if a != nil {
		args["name"], args["id"] = a.SortName, a.ID
	}
}

// DossierList says which dossiers to list, by client name.
type DossierList struct {
	Partner id.ID
	// Collaborator sees only dossiers with a live assignment of theirs; zero:
	// all.
	Collaborator id.ID
	// Search is part of the folded name or of the number; empty: all.
	Search string
	Filter domain.DossierFilter // empty: all
	IDs    []id.ID              // empty: all
	Now    time.Time            // of the filter
	After  *DossiersAfter       // nil: the first page
	Limit  int
}

func (l DossierList) args() pgx.NamedArgs {
	args := pgx.NamedArgs{
		"partner": l.Partner, "collaborator": l.Collaborator, "search": l.Search, "ids": l.IDs, "limit": l.Limit,
		"soon": l.Now.Add(domain.ExpiringSoon),
	}
	l.After.bind(args)
	return args
}

// foundBySearch is the condition of a search on a dossier d.
const foundBySearch = `(strpos(d.sort_name, @search) > 0 OR strpos(lower(d.client_registration_number), @search) > 0)`

// standing is how things stand in a dossier, out of its assignments a: what
// lives, waits, is in force, was used, ends soon, and what was in force once.
const standing = `
  bool_or(a.state <> 'ENDED') AS live,
  bool_or(a.state = 'PENDING_CONSENT') AS pending,
  bool_or(a.state = 'ACTIVE') AS active,
  bool_or(a.state = 'ACTIVE' AND ` + visited + `) AS used,
  bool_or(a.state = 'ACTIVE' AND a.expire_time <= @soon) AS expiring,
  bool_or(a.end_reason IN ('WITHDRAWN', 'DETACHED', 'EXPIRED', 'HANDED_OVER', 'EXTENDED')
    OR (a.end_reason IN ('COLLABORATOR_LEFT', 'DOSSIER_ENDED') AND ` + visited + `)) AS once`

const visited = `a.first_visit_time IS NOT NULL`

// condition is a filter's on a dossier d and its standing st; empty for all.
func condition(f domain.DossierFilter) string {
	switch f {
	case domain.Unassigned:
		return `d.state = 'ACTIVE' AND st.live IS NOT TRUE`
	case domain.Waiting:
		return `(d.state = 'PENDING' OR st.pending)`
	case domain.InForce:
		return `st.active`
	case domain.NeverUsed:
		return `st.active AND NOT st.used`
	case domain.Expiring:
		return `st.expiring`
	case domain.LostDossier:
		return `st.once AND NOT st.active`
	}
	return ""
}

// where gives the conditions of the list; each is left out where it is not
// asked for, so that the plan of a page is that of what it asks.
func (l DossierList) where() string {
	out := ""
	if filter := condition(l.Filter); filter != "" {
		out += "\n  AND " + filter
	}
	if len(l.IDs) > 0 {
		out += "\n  AND d.id = ANY (@ids::uuid[])"
	}
	if l.Search != "" {
		out += "\n  AND " + foundBySearch
	}
	if !l.Collaborator.IsZero() {
		out += `
  AND d.id IN (
    SELECT a.dossier_id
    FROM assignment a
    WHERE a.partner_id = @partner
      AND a.collaborator_id = @collaborator
      AND a.state <> 'ENDED'
  )`
	}
	return out
}

func (l DossierList) from() string {
	if l.Filter == "" {
		return "dossier d"
	}
	return `dossier d
CROSS JOIN LATERAL (
  SELECT` + standing + `
  FROM assignment a
  WHERE a.partner_id = d.partner_id
    AND a.dossier_id = d.id
) st`
}

// Dossiers lists a partner's dossiers.
func Dossiers(ctx context.Context, tx pg.Tx, l DossierList) ([]domain.Dossier, error) {
	return collect[domain.Dossier](ctx, tx, pg.Statement{Doing: "listing dossiers", SQL: `
SELECT ` + dossierColumns + `
FROM ` + l.from() + `
WHERE d.partner_id = @partner` + l.where() + `
  AND (d.sort_name, d.id) > (@name::text, @id::uuid)
ORDER BY d.sort_name, d.id
LIMIT @limit`, Args: l.args()})
}

// sideBySide is the state and the standing of each of a partner's rows of a
// table that assignments name: one grouping of both, whatever the planner knows
// of them (a join took minutes right after 100,000 had come).
func sideBySide(table string) string {
	return `(
  SELECT max(a.own_state) AS own_state,` + standing + `
  FROM (
    SELECT o.id AS owner_id, o.state AS own_state, NULL AS state, NULL AS end_reason,
      NULL::timestamptz AS expire_time, NULL::timestamptz AS first_visit_time
    FROM ` + table + ` o
    WHERE o.partner_id = @partner
    UNION ALL
    SELECT a.` + table + `_id, NULL, a.state, a.end_reason, a.expire_time, a.first_visit_time
    FROM assignment a
    WHERE a.partner_id = @partner
  ) a
  GROUP BY a.owner_id
) st`
}

// CountDossiers counts a partner's dossiers by each filter.
func CountDossiers(ctx context.Context, tx pg.Tx, l DossierList) (domain.DossierCounts, error) {
	count := func(f domain.DossierFilter) string {
		return `count(*) FILTER (WHERE ` + condition(f) + `)::integer`
	}
	return one[domain.DossierCounts](ctx, tx, pg.Statement{Doing: "counting dossiers", SQL: `
SELECT count(*)::integer AS total,
  ` + count(domain.Unassigned) + ` AS unassigned,
  ` + count(domain.Waiting) + ` AS pending,
  ` + count(domain.InForce) + ` AS active,
  ` + count(domain.NeverUsed) + ` AS never_used,
  ` + count(domain.Expiring) + ` AS expiring,
  ` + count(domain.LostDossier) + ` AS lost
FROM ` + sideBySide("dossier") + `
CROSS JOIN LATERAL (SELECT st.own_state AS state) d`, Args: l.args()})
}
