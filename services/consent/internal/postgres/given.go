package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Given is what an account last gave to a person.
type Given struct {
	ConsentID, GrantID, PartnerID id.ID
	Name                          string
}

// LastGiven finds under which yes a person acts in an account; the zero Given
// when there is none.
func (Consents) LastGiven(ctx context.Context, tx pg.Tx, client, user id.ID) (Given, error) {
	var g Given
	var given, family string
	err := tx.QueryRow(ctx, `
SELECT c.id, g.id, c.partner_id, c.given_name, c.family_name
FROM consent c
JOIN access_grant g ON g.client_id = c.client_id AND g.consent_id = c.id
WHERE c.client_id = @client
  AND c.user_id = @user
ORDER BY c.give_time DESC, c.id DESC
LIMIT 1`, pgx.NamedArgs{"client": client, "user": user}).Scan(&g.ConsentID, &g.GrantID, &g.PartnerID, &given, &family)
	if errors.Is(err, pg.ErrNoRows) {
		return Given{}, nil
	}
	if err != nil {
		return Given{}, fmt.Errorf("reading who was let in: %w", err)
	}
	g.Name = domain.FullName(given, family)
	return g, nil
}
