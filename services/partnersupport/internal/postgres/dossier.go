package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const dossierColumns = `d.partner_id, d.id, d.client_id, d.partner_name, d.client_name,
  d.client_registration_number, d.sort_name, d.state, d.requester_id, d.version, d.create_time`

// AddDossier stores a link; one that lives between the two already is refused.
func AddDossier(ctx context.Context, tx pg.Tx, d domain.Dossier) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing dossier", SQL: `
INSERT INTO dossier (partner_id, id, client_id, partner_name, client_name,
  client_registration_number, sort_name, state, requester_id, version, create_time)
VALUES (@partner_id, @id, @client_id, @partner_name, @client_name,
  @number, @sort_name, @state, @requester_id, @version, @create_time)`, Args: pgx.NamedArgs{
		"partner_id": d.PartnerID, "id": d.ID, "client_id": d.ClientID, "partner_name": d.PartnerName,
		"client_name": d.ClientName, "number": d.ClientRegistrationNumber, "sort_name": d.SortName,
		"state": d.State, "requester_id": d.RequesterID, "version": d.Version, "create_time": d.CreateTime,
	}})
	if pg.IsUnique(err, "dossier_live") {
		return domain.DossierExists
	}
	return err
}

// Dossier finds one.
func Dossier(ctx context.Context, tx pg.Tx, partner, dossier id.ID) (domain.Dossier, error) {
	return one[domain.Dossier](ctx, tx, pg.Statement{Doing: "reading dossier", SQL: `
SELECT ` + dossierColumns + `
FROM dossier d
WHERE d.partner_id = @partner
  AND d.id = @id`, Args: pgx.NamedArgs{"partner": partner, "id": dossier}})
}

// DossiersByID finds those of the ids that the partner has, and keeps their
// state until the transaction ends.
func DossiersByID(ctx context.Context, tx pg.Tx, partner id.ID, dossiers []id.ID) (map[id.ID]domain.Dossier, error) {
	found, err := collect[domain.Dossier](ctx, tx, pg.Statement{Doing: "reading dossiers", SQL: `
SELECT ` + dossierColumns + `
FROM dossier d
WHERE d.partner_id = @partner
  AND d.id = ANY (@ids::uuid[])
ORDER BY d.id
LIMIT @limit
FOR SHARE`, Args: pgx.NamedArgs{"partner": partner, "ids": dossiers, "limit": len(dossiers)}})
	if err != nil {
		return nil, err
	}
	byID := make(map[id.ID]domain.Dossier, len(found))
	for _, d := range found {
		byID[d.ID] = d
	}
	return byID, nil
}
