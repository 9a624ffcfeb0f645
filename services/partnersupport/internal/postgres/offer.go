package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// HelperList says which people of a partner a client looks for, newest first.
type HelperList struct {
	Partner id.ID
	Name    string // a part of it
	Before  id.ID  // zero: the first page
	Limit   int
}

// Helpers finds those who could be assigned now.
func Helpers(ctx context.Context, tx pg.Tx, l HelperList) ([]domain.Collaborator, error) {
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(domain.Fold(l.Name))
	return collect[domain.Collaborator](ctx, tx, pg.Statement{Doing: "looking for helpers", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner
  AND c.state = 'READY'
  AND c.suspend_time IS NULL
  AND folded_name(c.given_name || ' ' || c.family_name) LIKE '%' || @name || '%'
  AND (@before::uuid IS NULL OR c.id < @before)
ORDER BY c.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{"partner": l.Partner, "name": literal, "before": l.Before, "limit": l.Limit}})
}

// HolderOf gives whose assignment it is, on the dossier if one is named.
func HolderOf(ctx context.Context, tx pg.Tx, a domain.Assignment) (id.ID, error) {
	type holder struct{ CollaboratorID id.ID }
	found, err := one[holder](ctx, tx, pg.Statement{Doing: "reading whose assignment it is", SQL: `
SELECT a.collaborator_id
FROM assignment a
WHERE a.partner_id = @partner
  AND (@dossier::uuid IS NULL OR a.dossier_id = @dossier)
  AND a.id = @id`, Args: pgx.NamedArgs{"partner": a.PartnerID, "dossier": a.DossierID, "id": a.ID}})
	return found.CollaboratorID, err
}
