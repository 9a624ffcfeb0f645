package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// OfPartner reads a consent for the side that asked.
func (s Consents) OfPartner(ctx context.Context, tx pg.Tx, partner, consent id.ID) (domain.Record, error) {
	return s.one(ctx, tx, `WHERE partner_id = @partner AND id = @id LIMIT 1`,
		pgx.NamedArgs{"partner": partner, "id": consent})
}

// TakenOverBy gives the name of whoever took over in the instant in which a
// consent ended; empty when nobody did (R36).
func (Consents) TakenOverBy(ctx context.Context, tx pg.Tx, r domain.Record) (string, error) {
	type person struct{ GivenName, FamilyName string }
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading who took over", SQL: `
SELECT given_name, family_name
FROM consent
WHERE client_id = @client
  AND partner_id = @partner
  AND user_id <> @user
  AND predecessor_id IS NOT NULL
  AND give_time = @end
ORDER BY id
LIMIT 1`, Args: pgx.NamedArgs{
		"client": r.ClientID, "partner": r.PartnerID, "user": r.UserID, "end": pg.NullTime(r.RevokeTime),
	}}, pgx.RowToStructByName[person])
	if err != nil || len(found) == 0 {
		return "", err
	}
	return domain.FullName(found[0].GivenName, found[0].FamilyName), nil
}
