package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// ClientVisitList says whose running visits to list, newest first.
type ClientVisitList struct {
	Client id.ID
	Now    time.Time
	Before id.ID // zero: the first page
	Limit  int
}

// ClientVisit is a visit with what the client's rows and everybody's say of it;
// who is inside stands in the partner's.
type ClientVisit struct {
	domain.SupportSession
	PartnerName string
	ProductName string
}

// ClientVisits lists the visits that run in a client's account. In the client's
// transaction it finds that client's only.
func ClientVisits(ctx context.Context, tx pg.Tx, l ClientVisitList) ([]ClientVisit, error) {
	return collect[ClientVisit](ctx, tx, pg.Statement{Doing: "listing a client's visits", SQL: `
SELECT ` + sessionColumns + `, d.partner_name, p.name AS product_name
FROM support_session s
JOIN dossier d ON d.partner_id = s.partner_id AND d.id = s.dossier_id
JOIN product p ON p.id = s.product_id
WHERE s.client_id = @client
  AND s.end_time IS NULL
  AND s.expire_time > @now
  AND s.last_use_time + s.idle > @now
  AND (@before::uuid IS NULL OR s.id < @before)
ORDER BY s.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{"client": l.Client, "now": l.Now, "before": l.Before, "limit": l.Limit}})
}

// VisitOfClient tells whether a visit is one of a client's.
func VisitOfClient(ctx context.Context, tx pg.Tx, client, session id.ID) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for a client's visit", SQL: `
SELECT EXISTS (
  SELECT 1
  FROM support_session s
  WHERE s.client_id = @client
    AND s.id = @id
)
LIMIT 1`, Args: pgx.NamedArgs{"client": client, "id": session}}, pgx.RowTo[bool])
}

// CollaboratorNames gives what some of a partner's people are called.
func CollaboratorNames(ctx context.Context, tx pg.Tx, partner id.ID, people []id.ID) (map[id.ID]string, error) {
	found, err := collect[domain.Collaborator](ctx, tx, pg.Statement{Doing: "reading who visits", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner
  AND c.id = ANY (@ids::uuid[])
ORDER BY c.id
LIMIT @limit`, Args: pgx.NamedArgs{"partner": partner, "ids": people, "limit": len(people)}})
	if err != nil {
		return nil, err
	}
	names := make(map[id.ID]string, len(found))
	for _, c := range found {
		names[c.ID] = c.Name()
	}
	return names, nil
}
