package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// MyDossier is a dossier with the end of the access that a person has there.
type MyDossier struct {
	domain.Dossier
	ExpireTime *time.Time
}

// MyDossierList says whose dossiers to list, over which partners, by client
// name.
type MyDossierList struct {
	User     id.ID
	Partners []id.ID
	// Search is part of the folded name or of the number; empty: all.
	Search string
	After  *DossiersAfter // nil: the first page
	Limit  int
}

// MyDossiers lists the dossiers that a person may enter, over all tenants.
func MyDossiers(ctx context.Context, tx pg.Tx, l MyDossierList) ([]MyDossier, error) {
	args := pgx.NamedArgs{"user": l.User, "partners": l.Partners, "search": l.Search, "limit": l.Limit}
	l.After.bind(args)
	return collect[MyDossier](ctx, tx, pg.Statement{Doing: "listing a person's dossiers", SQL: `
SELECT ` + dossierColumns + `, a.expire_time
FROM collaborator c
JOIN assignment a ON a.partner_id = c.partner_id AND a.collaborator_id = c.id
JOIN dossier d ON d.partner_id = a.partner_id AND d.id = a.dossier_id
WHERE c.user_id = @user
  AND c.partner_id = ANY (@partners::uuid[])
  AND c.state = 'READY'
  AND c.suspend_time IS NULL
  AND a.state = 'ACTIVE'
  AND d.state = 'ACTIVE'
  AND (@search = '' OR ` + foundBySearch + `)
  AND (d.sort_name, d.id) > (@name::text, @id::uuid)
ORDER BY d.sort_name, d.id
LIMIT @limit`, Args: args})
}
