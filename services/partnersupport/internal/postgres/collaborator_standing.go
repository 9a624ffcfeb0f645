package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// staffCondition is a filter's on a collaborator c and their standing st; empty
// for all.
func staffCondition(f domain.CollaboratorFilter) string {
	here := `c.state <> 'LEFT' AND `
	switch f {
	case domain.StaffInvited:
		return `c.state = 'INVITED'`
	case domain.StaffUnassigned:
		return here + `st.live IS NOT TRUE`
	case domain.StaffWaiting:
		return here + `st.pending`
	case domain.StaffInForce:
		return here + `st.active`
	case domain.StaffNeverUsed:
		return here + `st.active AND NOT st.used`
	case domain.StaffExpiring:
		return here + `st.expiring`
	case domain.StaffLost:
		return here + `st.once AND NOT st.active`
	}
	return ""
}

// standingOf joins a collaborator c with how things stand with them.
const standingOf = `
CROSS JOIN LATERAL (
  SELECT` + standing + `
  FROM assignment a
  WHERE a.partner_id = c.partner_id
    AND a.collaborator_id = c.id
) st`

// StaffCount says whose staff is counted, and when.
type StaffCount struct {
	Partner id.ID
	Now     time.Time
}

// CountCollaborators counts a partner's staff by each filter.
func CountCollaborators(ctx context.Context, tx pg.Tx, s StaffCount) (domain.CollaboratorCounts, error) {
	count := func(f domain.CollaboratorFilter) string {
		return `count(*) FILTER (WHERE ` + staffCondition(f) + `)::integer`
	}
	return one[domain.CollaboratorCounts](ctx, tx, pg.Statement{Doing: "counting collaborators", SQL: `
SELECT count(*)::integer AS total,
  ` + count(domain.StaffInvited) + ` AS invited,
  ` + count(domain.StaffUnassigned) + ` AS unassigned,
  ` + count(domain.StaffWaiting) + ` AS pending,
  ` + count(domain.StaffInForce) + ` AS active,
  ` + count(domain.StaffNeverUsed) + ` AS never_used,
  ` + count(domain.StaffExpiring) + ` AS expiring,
  ` + count(domain.StaffLost) + ` AS lost
FROM ` + sideBySide("collaborator") + `
CROSS JOIN LATERAL (SELECT st.own_state AS state) c`, Args: pgx.NamedArgs{
		"partner": s.Partner, "soon": s.Now.Add(domain.ExpiringSoon),
	}})
}
